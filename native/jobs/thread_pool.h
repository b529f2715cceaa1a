#pragma once

#include <condition_variable>
#include <deque>
#include <functional>
#include <mutex>

namespace lobule {

/** Training takes minutes, everything else takes seconds at most. */
enum class Lane { kShort, kTraining };

/**
 * The threads on which the addon works, one for each core, shared by all Node environments of the process.
 *
 * LightGBM is built without OpenMP, so that one call uses one core and many boosters train side by side.
 * libuv's own pool is not used: it has four threads whatever the machine, and a row of trainings there would
 * hold up every file read and every hash of the application. Short work goes first, and one thread more
 * takes nothing else, so that a prediction never waits for a training to end.
 *
 * The pool is never destroyed: its idle threads end with the process.
 */
class ThreadPool {
 public:
  static ThreadPool& Instance();

  /** What each thread does first. Before the first work is posted; the same from every environment. [main thread] */
  void BeginThreadsWith(void (*start)());

  /** Queues `work`, which must not throw. A Failure where the system gives no thread. [any thread] */
  void Post(Lane lane, std::function<void()> work);

 private:
  ThreadPool() = default;
  void StartThreads();
  void Work(bool only_short);

  std::mutex mutex_;
  unsigned threads_ = 0;
  void (*start_)() = nullptr;
  std::condition_variable wake_;
  std::deque<std::function<void()>> short_;
  std::deque<std::function<void()>> training_;
};

}  // namespace lobule
