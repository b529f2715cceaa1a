#include "team.h"

#include <system_error>

namespace lobule {

Team::Team(std::size_t members) {
  threads_.reserve(members);
  try {
    while (threads_.size() + 1 < members) {
      threads_.emplace_back([this, member = threads_.size() + 1] { Work(member); });
    }
  } catch (const std::system_error&) {
    // Fewer threads do the same work, later.
  }
}

Team::~Team() {
  {
    std::lock_guard<std::mutex> lock(mutex_);
    closing_ = true;
  }
  begin_.notify_all();
  for (auto& thread : threads_) thread.join();
}

void Team::For(std::size_t count, const Item& item) {
  next_ = 0;
  count_ = count;
  item_ = &item;
  if (count > 1 && !threads_.empty()) {
    {
      std::lock_guard<std::mutex> lock(mutex_);
      ++loops_;
      busy_ = threads_.size();
    }
    begin_.notify_all();
  }
  TakeItems(0);
  std::unique_lock<std::mutex> lock(mutex_);
  end_.wait(lock, [this] { return busy_ == 0; });
}

void Team::TakeItems(std::size_t member) {
  for (std::size_t item; (item = next_.fetch_add(1)) < count_;) (*item_)(item, member);
}

void Team::Work(std::size_t member) {
  std::unique_lock<std::mutex> lock(mutex_);
  for (std::size_t done = 0;;) {
    begin_.wait(lock, [&] { return closing_ || loops_ != done; });
    if (closing_) return;
    done = loops_;
    lock.unlock();
    TakeItems(member);
    lock.lock();
    if (--busy_ == 0) end_.notify_one();
  }
}

}  // namespace lobule
