// Questions to reactors from other threads: posted to each, answered on its own thread, gathered
// within a time. Who does not answer in it is named, and what it says later is dropped.
//
// Any thread but a reactor's.
#pragma once

#include <chrono>
#include <condition_variable>
#include <functional>
#include <memory>
#include <mutex>
#include <optional>
#include <utility>
#include <vector>

#include "absl/functional/any_invocable.h"
#include "runtime/reactor/reactor.h"

namespace troupe {

// One place for each reactor asked, in their order; empty where none answered in time.
template <class T>
using Answers = std::vector<std::optional<T>>;

// Calls `question(i)` on the thread of `reactors[i]`. What it captures must stay alive for as long
// as the reactors do, since a late one still calls it.
template <class T>
Answers<T> AskAll(const std::vector<Reactor*>& reactors, Nanos patience,
                  std::function<T(size_t)> question) {
  struct Round {
    std::mutex mutex;
    std::condition_variable answered;
    Answers<T> answers;
    size_t pending = 0;
    std::function<T(size_t)> question;
  };
  auto round = std::make_shared<Round>();
  round->answers.resize(reactors.size());
  round->pending = reactors.size();
  round->question = std::move(question);
  for (size_t i = 0; i < reactors.size(); ++i) {
    reactors[i]->Post([round, i] {
      T answer = round->question(i);
      const std::lock_guard lock(round->mutex);
      if (i >= round->answers.size()) return;  // too late
      round->answers[i] = std::move(answer);
      if (--round->pending == 0) round->answered.notify_all();
    });
  }
  std::unique_lock lock(round->mutex);
  round->answered.wait_for(lock, std::chrono::nanoseconds(patience),
                           [&] { return round->pending == 0; });
  return std::exchange(round->answers, {});
}

// The same of one reactor.
template <class T>
std::optional<T> Ask(Reactor& reactor, Nanos patience, std::function<T()> question) {
  std::function<T(size_t)> numbered = [question = std::move(question)](size_t) {
    return question();
  };
  return std::move(AskAll<T>({&reactor}, patience, std::move(numbered)).front());
}

}  // namespace troupe
