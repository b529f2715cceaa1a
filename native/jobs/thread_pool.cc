#include "thread_pool.h"

#include <algorithm>
#include <system_error>
#include <thread>
#include <utility>

#include "failure.h"

namespace lobule {

ThreadPool& ThreadPool::Instance() {
  static ThreadPool* pool = new ThreadPool;
  return *pool;
}

void ThreadPool::StartThreads() {
  const unsigned cores = std::max(1u, std::thread::hardware_concurrency());
  for (; threads_ <= cores; ++threads_) {
    try {
      std::thread([this, first = threads_ == 0] { Work(first); }).detach();
    } catch (const std::system_error&) {
      // One for each lane is enough to go on with; the others are tried again with the next work.
      if (threads_ >= 2) return;
      throw Failure(kNativeFailed, "not enough memory for a thread");
    }
  }
}

void ThreadPool::Post(Lane lane, std::function<void()> work) {
  {
    std::lock_guard<std::mutex> lock(mutex_);
    StartThreads();
    (lane == Lane::kShort ? short_ : training_).push_back(std::move(work));
  }
  // All, because the one woken might be the one that takes no training.
  wake_.notify_all();
}

void ThreadPool::BeginThreadsWith(void (*start)()) {
  std::lock_guard<std::mutex> lock(mutex_);
  start_ = start;
}

void ThreadPool::Work(bool only_short) {
  std::unique_lock<std::mutex> lock(mutex_);
  if (start_ != nullptr) start_();
  for (;;) {
    wake_.wait(lock, [&] { return !short_.empty() || (!only_short && !training_.empty()); });
    auto& queue = short_.empty() ? training_ : short_;
    auto work = std::move(queue.front());
    queue.pop_front();
    lock.unlock();
    work();
    work = nullptr;  // frees what it held before the lock is taken again
    lock.lock();
  }
}

}  // namespace lobule
