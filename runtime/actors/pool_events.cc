#include "runtime/actors/pool_events.h"

#include <utility>

#include "absl/strings/str_cat.h"

namespace troupe {

void PoolEvents::Add(Nanos now, std::string_view kind, std::string text,
                     telemetry::EventLog::Details details) {
  if (log_ == nullptr) return;
  TellCounted(now);
  Repeats& repeats = repeats_[kind];
  if (repeats.told == 0) repeats.begin = now;
  if (repeats.told < kToldMax) {
    ++repeats.told;
    log_->Add(kind, pool_, text, details);
  } else {
    ++repeats.counted;
    repeats.last = std::move(text);
  }
}

void PoolEvents::TellCounted(Nanos now) {
  for (auto& [kind, repeats] : repeats_) {
    if (repeats.told == 0 || now - repeats.begin < kPeriod) continue;
    if (repeats.counted > 0) {
      log_->Add(kind, pool_,
                absl::StrCat(repeats.counted, " more within ", kPeriod / kNanosPerSecond,
                             " s; the last: ", repeats.last),
                {{"count", absl::StrCat(repeats.counted)}});
    }
    repeats = {};
  }
}

}  // namespace troupe
