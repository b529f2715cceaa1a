#include "job.h"

#include <condition_variable>
#include <exception>
#include <mutex>
#include <new>
#include <string>
#include <unordered_set>

#include "failure.h"
#include "keep_loaded.h"

namespace lobule {

namespace {

using Message = std::function<void(Napi::Env)>;

Answer Rejection(std::string code, std::string reason) {
  return [code = std::move(code), reason = std::move(reason)](Napi::Env env) -> Napi::Value {
    auto error = Napi::Error::New(env, reason);
    error.Set("code", Napi::String::New(env, code));
    throw error;
  };
}

Answer Run(const Work& work, Job& job) {
  try {
    if (job.cancelled()) throw Failure::Cancelled();
    return work(job);
  } catch (const Failure& failure) {
    return Rejection(failure.code(), failure.what());
  } catch (const std::bad_alloc&) {
    return Rejection(kNativeFailed, "not enough memory");
  } catch (const std::exception& error) {
    return Rejection(kNativeFailed, error.what());
  } catch (...) {
    return Rejection(kNativeFailed, "unknown exception");
  }
}

}  // namespace

void Job::Report(std::function<void(const Napi::Function&)> call) {
  post_([this, call = std::move(call)](Napi::Env) {
    if (side_ && !side_->on_progress.IsEmpty()) call(side_->on_progress.Value());
  });
}

struct JobBoard::Shared {
  // Guards `closing` and `active`; `jobs` belongs to the main thread.
  std::mutex mutex;
  std::condition_variable idle;
  bool closing = false;
  int active = 0;
  std::unordered_set<std::shared_ptr<Job>> jobs;
  napi_threadsafe_function to_main = nullptr;

  void Post(Message message) {
    auto* data = new Message(std::move(message));
    if (napi_call_threadsafe_function(to_main, data, napi_tsfn_nonblocking) != napi_ok) delete data;
  }
};

void JobBoard::Open(Napi::Env env) {
  KeepLoaded();
  auto shared = std::make_shared<Shared>();
  auto* board = new JobBoard;
  board->shared_ = shared;
  env.SetInstanceData<JobBoard>(board);

  const auto deliver = [](napi_env raw_env, napi_value, void*, void* data) {
    std::unique_ptr<Message> message(static_cast<Message*>(data));
    if (raw_env == nullptr) return;  // the environment is going down
    Napi::Env env(raw_env);
    Napi::HandleScope scope(env);
    try {
      (*message)(env);
    } catch (const Napi::Error&) {
      // Only a worker thread that is being terminated, and takes no more calls, gets here: the callback
      // catches what its users throw (electron/engine/boosting/booster.ts).
    }
  };
  const napi_status status = napi_create_threadsafe_function(
      env, nullptr, nullptr, Napi::String::New(env, "lobule jobs"), 0, 1, nullptr, nullptr, nullptr,
      deliver, &shared->to_main);
  if (status != napi_ok) throw Napi::Error::New(env, "napi_create_threadsafe_function failed");
  napi_unref_threadsafe_function(env, shared->to_main);
  // Hooks run last in, first out: this one before the function above is closed.
  env.AddCleanupHook([shared] { Close(*shared); });
}

JobBoard::Started JobBoard::Start(Napi::Env env, Lane lane, Work work, std::vector<Napi::Object> kept,
                                  Napi::Function on_progress) {
  auto shared = env.GetInstanceData<JobBoard>()->shared_;
  auto job = std::make_shared<Job>();
  job->side_ = std::make_unique<Job::Side>(env);
  for (auto& value : kept) job->side_->kept.push_back(Napi::Persistent(value));
  if (!on_progress.IsEmpty()) job->side_->on_progress = Napi::Persistent(on_progress);
  // The job outlives its messages: the last of them, which settles it, is what drops it from `jobs`.
  job->post_ = [raw = shared.get()](Message message) { raw->Post(std::move(message)); };
  if (shared->jobs.empty()) napi_ref_threadsafe_function(env, shared->to_main);
  shared->jobs.insert(job);
  const Started started{job->side_->promise.Promise(), job};

  auto task = [shared, job, work = std::move(work)]() mutable {
    {
      std::lock_guard<std::mutex> lock(shared->mutex);
      if (shared->closing) return;
      ++shared->active;
    }
    auto answer = Run(work, *job);
    work = nullptr;  // frees handles here, not on the main thread
    shared->Post([raw = shared.get(), job, answer = std::move(answer)](Napi::Env env) {
      Settle(env, *raw, job, answer);
    });
    std::lock_guard<std::mutex> lock(shared->mutex);
    --shared->active;
    shared->idle.notify_all();
  };
  try {
    ThreadPool::Instance().Post(lane, std::move(task));
  } catch (const Failure& failure) {
    Settle(env, *shared, job, Rejection(failure.code(), failure.what()));
  }
  return started;
}

void JobBoard::Settle(Napi::Env env, Shared& shared, const std::shared_ptr<Job>& job, const Answer& answer) {
  const auto side = std::move(job->side_);
  shared.jobs.erase(job);
  if (shared.jobs.empty()) napi_unref_threadsafe_function(env, shared.to_main);
  try {
    side->promise.Resolve(answer(env));
  } catch (const Napi::Error& error) {
    side->promise.Reject(error.Value());
  } catch (const std::exception& error) {
    side->promise.Reject(Napi::Error::New(env, error.what()).Value());
  }
}

/** The environment ends: what runs is cancelled and waited for, what waits is dropped. [main thread] */
void JobBoard::Close(Shared& shared) {
  for (const auto& job : shared.jobs) job->Cancel();
  {
    std::unique_lock<std::mutex> lock(shared.mutex);
    shared.closing = true;
    shared.idle.wait(lock, [&] { return shared.active == 0; });
  }
  for (const auto& job : shared.jobs) job->side_.reset();
  shared.jobs.clear();
}

}  // namespace lobule
