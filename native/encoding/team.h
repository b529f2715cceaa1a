#pragma once

#include <atomic>
#include <condition_variable>
#include <cstddef>
#include <functional>
#include <mutex>
#include <thread>
#include <vector>

namespace lobule {

/** A team of threads that share the items of a loop. The caller of `For` is one of them. */
class Team {
 public:
  /** Starts up to `members` - 1 threads, or fewer if the system refuses; the caller is always a member. */
  explicit Team(std::size_t members);
  ~Team();
  Team(const Team&) = delete;
  Team& operator=(const Team&) = delete;

  std::size_t members() const { return threads_.size() + 1; }

  /** Processes an item of the loop on the member with this number. Must not throw. [worker] */
  using Item = std::function<void(std::size_t item, std::size_t member)>;

  /** Processes items 0..count-1, each once, in any order; returns when all are done. One caller at a time. [worker] */
  void For(std::size_t count, const Item& item);

 private:
  void Work(std::size_t member);
  void TakeItems(std::size_t member);

  std::vector<std::thread> threads_;
  std::mutex mutex_;
  std::condition_variable begin_;
  std::condition_variable end_;
  std::size_t loops_ = 0;
  std::size_t busy_ = 0;
  bool closing_ = false;
  const Item* item_ = nullptr;
  std::size_t count_ = 0;
  std::atomic<std::size_t> next_{0};
};

}  // namespace lobule
