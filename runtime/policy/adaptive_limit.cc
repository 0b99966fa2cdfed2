#include "runtime/policy/adaptive_limit.h"

#include <algorithm>
#include <cmath>
#include <utility>

namespace troupe::policy {
namespace {

// One window shrinks the limit to half at most: a single bad one must not stop the pool.
constexpr double kShrinkMax = 0.5;
// What a window with time-outs leaves of the limit.
constexpr double kAfterDrops = 0.9;
// Up to this share of the limit in use latency is calm, and nothing is learnt about a higher limit.
constexpr double kCalmShare = 0.5;
// The share of the limit at which calm is measured. Well below kCalmShare: a limit that is far too
// high must come down even if part of it still makes a queue.
constexpr double kMeasuringShare = 0.25;
// Calm is measured over so many times the samples of a window, since all else is compared with it,
// and moves by this part when it is seen in passing.
constexpr int kMeasuringWindows = 4;
constexpr double kCalmSmoothing = 0.125;

}  // namespace

AdaptiveLimit::AdaptiveLimit(const AdaptiveLimitPolicy& policy, Nanos now)
    : policy_(policy), limit_(policy.initial), window_{.began = now}, measure_at_(now) {}

int AdaptiveLimit::limit() const {
  const double limit = measuring_ ? limit_ * kMeasuringShare : limit_;
  return std::max(policy_.floor, static_cast<int>(limit));
}

void AdaptiveLimit::OnSample(Nanos now, Nanos rtt, int in_flight, bool dropped) {
  if (settling_ > 0) {
    --settling_;
    window_.began = now;
    return;
  }
  window_.in_flight_max = std::max(window_.in_flight_max, in_flight);
  if (dropped) {
    ++window_.drops;
  } else {
    ++window_.samples;
    window_.rtt_sum += static_cast<double>(rtt);
  }
  if (Complete(now)) EndWindow(now, in_flight);
}

bool AdaptiveLimit::Complete(Nanos now) const {
  const int samples = policy_.window_samples * (measuring_ ? kMeasuringWindows : 1);
  return window_.samples + window_.drops >= samples && now - window_.began >= policy_.window;
}

void AdaptiveLimit::EndWindow(Nanos now, int in_flight) {
  const Window ended = std::exchange(window_, {.began = now});
  if (ended.drops > 0) {
    measuring_ = false;
    limit_ = std::max<double>(policy_.floor, limit_ * kAfterDrops);
    return;
  }
  const double rtt = ended.rtt_sum / ended.samples;
  if (measuring_) {
    EndMeasuring(rtt, now);
    return;
  }
  const bool calm = ended.in_flight_max <= limit_ * kCalmShare;
  if (calm_rtt_ == 0) calm_rtt_ = rtt;
  if (calm) calm_rtt_ += (rtt - calm_rtt_) * kCalmSmoothing;
  Adjust(rtt, !calm);
  if (now >= measure_at_ && ended.in_flight_max >= limit()) {
    measuring_ = true;
    settling_ = in_flight;
  }
}

void AdaptiveLimit::EndMeasuring(double rtt, Nanos now) {
  measuring_ = false;
  calm_rtt_ = rtt;
  measure_at_ = now + measure_pause_;
  measure_pause_ = std::min(2 * measure_pause_, policy_.calm_measured_every);
}

void AdaptiveLimit::Adjust(double rtt, bool used) {
  const double gradient = std::clamp(policy_.tolerance * calm_rtt_ / rtt, kShrinkMax, 1.0);
  // The square root leaves room for a short queue, and for growth while all is well.
  const double next = limit_ * gradient + std::sqrt(limit_);
  if (next > limit_ && !used) return;
  limit_ = std::clamp<double>(next, policy_.floor, policy_.ceiling);
}

}  // namespace troupe::policy
