#pragma once

#include <napi.h>

#include <atomic>
#include <functional>
#include <memory>
#include <utility>
#include <vector>

#include "thread_pool.h"

namespace lobule {

class Job;

/** Makes the JavaScript value that a promise resolves to. [main thread] */
using Answer = std::function<Napi::Value(Napi::Env)>;
/** The heavy part; may throw. [worker] */
using Work = std::function<Answer(Job&)>;

/** Work on the pool and the promise of its result. */
class Job {
 public:
  bool cancelled() const { return cancelled_; }
  void Cancel() { cancelled_ = true; }

  /** Schedules `call` on the main thread, where it may call the job's `on_progress`. [worker] */
  void Report(std::function<void(const Napi::Function&)> call);

 private:
  friend class JobBoard;

  /** The JavaScript values: created and freed only on the main thread. */
  struct Side {
    explicit Side(Napi::Env env) : promise(Napi::Promise::Deferred::New(env)) {}
    Napi::Promise::Deferred promise;
    std::vector<Napi::ObjectReference> kept;
    Napi::FunctionReference on_progress;
  };

  std::atomic<bool> cancelled_{false};
  std::unique_ptr<Side> side_;
  std::function<void(std::function<void(Napi::Env)>)> post_;
};

/** The jobs of one Node environment (the main thread, or one worker thread) and its way back to JavaScript. */
class JobBoard {
 public:
  /** Creates the board of an environment. [main thread, once per environment] */
  static void Open(Napi::Env env);

  struct Started {
    Napi::Promise promise;
    std::weak_ptr<Job> job;
  };

  /**
   * Runs `work` on the pool. The values in `kept` (buffers that the work reads or writes) stay alive until
   * the promise is settled; `on_progress` may be empty. [main thread]
   */
  static Started Start(Napi::Env env, Lane lane, Work work, std::vector<Napi::Object> kept,
                       Napi::Function on_progress = {});

 private:
  struct Shared;
  static void Settle(Napi::Env env, Shared& shared, const std::shared_ptr<Job>& job, const Answer& answer);
  static void Close(Shared& shared);

  std::shared_ptr<Shared> shared_;
};

}  // namespace lobule
