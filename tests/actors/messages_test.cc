#include "runtime/actors/messages.h"

#include <gtest/gtest.h>

#include <caf/make_message.hpp>

#include "tests/actors/fake_connection.h"
#include "tests/reactor/stepping.h"

namespace troupe {
namespace {

class MessagesTest : public testing::Test, public OneReactor {
 protected:
  MessagesTest() : connection(LeanActor::Spawn<FakeConnection>(*reactor, *reactor)) {}
  ~MessagesTest() override {
    reactor.Run([&] { connection->End(); });
  }

  ActorRef<FakeConnection> connection;
};

TEST_F(MessagesTest, AreToldFromCafs) {
  caf::mailbox_element_ptr ours(new WorkerControl(WorkerControl::Command::kDrain));
  ASSERT_NE(Message::From(*ours), nullptr);
  EXPECT_EQ(Message::From(*ours)->kind(), Message::Kind::kWorkerControl);
  caf::mailbox_element_ptr cafs =
      caf::make_mailbox_element(nullptr, caf::make_message_id(), {}, caf::make_message(1));
  EXPECT_EQ(Message::From(*cafs), nullptr);
  caf::mailbox_element_ptr empty =
      caf::make_mailbox_element(nullptr, caf::make_message_id(), {}, caf::message{});
  EXPECT_EQ(Message::From(*empty), nullptr);
}

TEST_F(MessagesTest, ThatAreDisposedOfSendTheirExchangesHome) {
  Work* work = Work::Make();
  Done* done = Done::Make();
  work->exchanges.Push(connection->GiveOut());
  done->exchanges.Push(connection->GiveOut());
  caf::mailbox_element_ptr{work}.reset();
  caf::mailbox_element_ptr{done}.reset();
  reactor->Step();
  EXPECT_EQ(connection->returned.size(), 2u);
}

TEST_F(MessagesTest, AreUsedAgainEmpty) {
  Work* work = Work::Make();
  work->exchanges.Push(connection->GiveOut());
  caf::mailbox_element_ptr{work}.reset();
  Work* again = Work::Make();
  EXPECT_EQ(again, work);
  EXPECT_TRUE(again->exchanges.empty());
  caf::mailbox_element_ptr{again}.reset();
  reactor->Step();
}

TEST_F(MessagesTest, MayBeFreedByTheThousand) {
  std::vector<caf::mailbox_element_ptr> all;
  for (int i = 0; i < 2000; ++i) all.emplace_back(Done::Make());
  all.clear();
  for (int i = 0; i < 2000; ++i) {
    all.emplace_back(Done::Make());
    EXPECT_TRUE(static_cast<Done&>(*all.back()).exchanges.empty());
  }
}

}  // namespace
}  // namespace troupe
