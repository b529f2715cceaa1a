#pragma once

#include <atomic>
#include <condition_variable>
#include <cstddef>
#include <functional>
#include <mutex>
#include <thread>
#include <vector>

namespace lobule {

/** Threads that share the items of one loop after another. The caller of `For` is one of them. */
class Team {
 public:
  /** As many members as the system gives, at most `members`, at least the caller. */
  explicit Team(std::size_t members);
  ~Team();
  Team(const Team&) = delete;
  Team& operator=(const Team&) = delete;

  std::size_t members() const { return threads_.size() + 1; }

  /** An item of the loop, on the member of this number. Must not throw. */
  using Item = std::function<void(std::size_t item, std::size_t member)>;

  /** Does items 0..count-1, each once, in any order, and returns when all are done. One caller at a time. */
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
