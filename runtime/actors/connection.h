// A connection: an actor pinned to a reactor that owns one socket, parses HTTP, hands requests to
// pools and writes the answers in the order of the requests. All on its reactor's thread.
//
//   bytes -> ReadInput -> ParseInput -> OnHead -> OnRequest -> pool (connection_read.cc) Done ->
//   ready -> Flush: WriteReady, send                                    (connection_write.cc)
//   events, the one timer, the end                                              (connection.cc)
//
// Its exchanges stand in one list in the order of their heads: first those written but not yet
// sent, then those waiting for their answer. The exchange whose head or body is being read is
// `reading_`; it joins the list when its head is whole or refused.
#pragma once

#include <cstdint>
#include <optional>

#include "runtime/actors/front.h"
#include "runtime/actors/lean_actor.h"
#include "runtime/actors/output_queue.h"
#include "runtime/actors/pool.h"
#include "runtime/http/address.h"
#include "runtime/http/chunked_decoder.h"
#include "runtime/http/head_parser.h"
#include "runtime/reactor/reactor.h"

namespace troupe {

namespace admin::v1 {
class Connection;
enum Connection_Phase : int;
}  // namespace admin::v1

class Connection final : public LeanActor,
                         private EventHandler,
                         private FlushNode,
                         private ExchangeOwner,
                         private TimerNode {
 public:
  // Takes over the socket. `peer` is nullopt for a Unix socket. Call Open next, on the reactor.
  Connection(caf::actor_config& config, Front& front, const ListenerPolicy& policy, int fd,
             std::optional<http::IpAddress> peer);
  ~Connection() override;

  void Open();
  // For the front.
  void OnDrainPhase();
  // Answers all that is pending with `cause` and ends the connection after that.
  void AnswerAllAndClose(telemetry::Cause cause);
  // Ends it now; what was in flight is CANCELLED.
  void Kill();

  // For operators (connection_inspect.cc).
  uint64_t id() const { return id_; }
  admin::v1::Connection_Phase phase() const;
  admin::v1::Connection Describe() const;
  // Answers 503 to a request whose head has been read and whose answer is not ready; all else on
  // the connection goes on.
  void Cancel(Exchange& exchange);

 private:
  friend class Front;

  // What the bytes that come next are.
  enum class Input : uint8_t { kProxyHeader, kHead, kLengthBody, kChunkedBody, kNothing };

  const char* name() const override { return "connection"; }
  void OnMessage(Message& message) override;
  void OnExit() override;
  void OnEvents(uint32_t events) override;
  void OnTimer() override;
  void OnDropped(Exchange& exchange) override;
  void OnGivenUp(Exchange& exchange, telemetry::Cause cause) override;
  void Flush() override;

  // Reading.
  void ReadInput();
  bool ReceiveIntoBuffer(bool* more);
  bool ReceiveIntoBody(bool* more);
  void OnReceived(ssize_t result, size_t asked, bool* more);
  bool MakeRoom();
  void ParseInput();
  bool PeerIsTrusted() const;
  bool ParseProxy();
  bool ParseHead();
  bool ParseLengthBody();
  bool ParseChunkedBody();
  void OnHead();
  void Route(Exchange& exchange);
  void FindHandler(Exchange& exchange, const CompiledRoute& route);
  void BeginBody(Exchange& exchange);
  void OnRequest();
  void Admit(Exchange& exchange);
  bool EnterRoute(Exchange& exchange);
  telemetry::Cause TryAgain(Exchange& exchange);
  void HeedProxy(Exchange& exchange);
  void OnPeerFinished();
  void Refuse(http::Refusal refusal);
  void EndInput(Exchange& exchange);
  void StopReading() { input_ = Input::kNothing; }
  bool CanTakeMore() const;
  std::string_view unparsed() const {
    return buffer_ ? buffer_->bytes().substr(parsed_) : std::string_view();
  }
  void Consume(size_t size) { parsed_ += static_cast<uint32_t>(size); }
  void ReleaseInput();

  // Answering.
  void AnswerSelf(Exchange& exchange, telemetry::Outcome outcome, Response response);
  void AnswerSelf(Exchange& exchange, telemetry::Cause cause);
  void OnDone(Exchange& exchange);
  void WriteReady();
  void Write(Exchange& exchange);
  bool IsLastAnswer(const Exchange& exchange) const;
  void RetireSent();
  void AfterFlush();
  void Append(Exchange& exchange);
  void Detach(Exchange& exchange, Nanos ended);

  // Time.
  Nanos NextDeadline();
  bool HeadIsAwaited() const;
  bool BodyIsAwaited() const;
  Nanos BodyDeadline() const;
  void UpdateTimer();
  void OnDeadline(Nanos now);
  void ExpireExchanges(Nanos now);

  // The end.
  void FinishOrLinger();
  void Abort(telemetry::Cause cause);
  void Discard();
  void UpdateInterest();
  Nanos PhaseSince() const;
  bool idle() const { return first_ == nullptr && reading_ == nullptr && output_.empty(); }

  // What each request touches comes first: with thousands of connections each line of it is fetched
  // from afar.
  Front& front_;
  const ListenerPolicy policy_;
  int fd_;
  Reactor& reactor_;
  uint32_t interest_ = 0;
  bool blocked_ : 1 = false;        // the socket takes no more
  bool peer_finished_ : 1 = false;  // the client has ended its side
  bool closing_ : 1 = false;        // no answer follows what has been written
  bool refused_ : 1 = false;        // there may be bytes that nobody reads
  bool read_more_ : 1 = false;      // the last read filled its buffer

  // Input.
  Input input_ = Input::kHead;
  BufferRef buffer_;
  uint32_t parsed_ = 0;  // of the buffer's bytes
  http::HeadParser parser_;
  Exchange* reading_ = nullptr;
  Nanos read_started_ = 0;  // of the head, then of the body
  Nanos last_received_ = 0;
  uint64_t received_ = 0;  // bytes, since it was opened
  uint32_t requests_ = 0;

  // Exchanges in order.
  Exchange* first_ = nullptr;
  Exchange* last_ = nullptr;
  Exchange* to_write_ = nullptr;  // the first whose answer is not written
  uint32_t unanswered_ = 0;       // from there to the end
  WorkBatch* batch_ = nullptr;    // of the read that is going on

  // Output.
  OutputQueue output_;
  Nanos last_progress_ = 0;
  Nanos idle_since_ = 0;
  Nanos linger_until_ = kNever;

  // What few requests touch.
  std::optional<http::IpAddress> peer_;
  http::ChunkedDecoder decoder_;
  uint64_t body_left_ = 0;
  uint64_t body_received_ = 0;
  Reactor::WatchId watch_ = 0;
  const uint64_t id_;
  const Nanos opened_at_;
  Connection* next_ = nullptr;  // the front's list
  Connection* previous_ = nullptr;
};

}  // namespace troupe
