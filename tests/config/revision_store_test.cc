#include "runtime/config/revision_store.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <filesystem>
#include <fstream>
#include <string>

#include "tests/telemetry/temp_dir.h"

namespace troupe::config {
namespace {

using admin::v1::Revision;
using telemetry::TempDir;

StoredRevision Made(const std::string& yaml, Revision::State state = Revision::CURRENT) {
  StoredRevision revision{{}, yaml};
  revision.about.set_state(state);
  revision.about.set_file_hash("file");
  return revision;
}

RevisionStore Open(const std::string& folder) {
  absl::StatusOr<RevisionStore> store = RevisionStore::Open(folder);
  EXPECT_TRUE(store.ok()) << store.status();
  return *std::move(store);
}

TEST(RevisionStore, NumbersRevisionsWithoutGapsAcrossStarts) {
  TempDir temp;
  const std::string folder = temp.File("state");
  {
    RevisionStore store = Open(folder);
    EXPECT_EQ(store.Append(Made("a"))->number(), 1);
    EXPECT_EQ(store.Append(Made("b"))->number(), 2);
  }
  RevisionStore store = Open(folder);
  EXPECT_EQ(store.Append(Made("c"))->number(), 3);
  EXPECT_EQ(store.Find(2)->yaml, "b") << "byte for byte";
  EXPECT_EQ(store.Find(4), nullptr);
}

TEST(RevisionStore, RestoresTheNewestThatIsConfirmedAndMadeOnTheFile) {
  TempDir temp;
  const std::string folder = temp.File("state");
  {
    RevisionStore store = Open(folder);
    ASSERT_TRUE(store.Append(Made("a")).ok());
    ASSERT_TRUE(store.Append(Made("b")).ok());
    ASSERT_TRUE(store.Append(Made("c", Revision::UNCONFIRMED)).ok());
    ASSERT_TRUE(store.Append(Made("d", Revision::REVERTED)).ok());
  }
  RevisionStore store = Open(folder);
  EXPECT_EQ(store.Restorable("file", 0)->yaml, "b");
  EXPECT_EQ(store.Restorable("file", 1)->yaml, "a") << "after starts that did not last";
  EXPECT_EQ(store.Restorable("file", 2), nullptr);
  EXPECT_EQ(store.Restorable("another", 0), nullptr) << "a changed file wins";
  Revision confirmed = store.Find(3)->about;
  confirmed.set_state(Revision::CURRENT);
  ASSERT_TRUE(store.Update(confirmed).ok());
  EXPECT_EQ(store.Restorable("file", 0)->yaml, "c");
}

TEST(RevisionStore, IgnoresWhatWasNotWrittenWhole) {
  TempDir temp;
  const std::string folder = temp.File("state");
  {
    RevisionStore store = Open(folder);
    ASSERT_TRUE(store.Append(Made("a")).ok());
    ASSERT_TRUE(store.Append(Made("b\nb\n")).ok());
  }
  std::filesystem::resize_file(folder + "/revision-2.yaml",
                               std::filesystem::file_size(folder + "/revision-2.yaml") - 1);
  std::ofstream(folder + "/revision-3.yaml.new") << "half";
  RevisionStore store = Open(folder);
  EXPECT_EQ(store.all().size(), 1u);
  EXPECT_EQ(store.Restorable("file", 0)->yaml, "a");
}

TEST(RevisionStore, AFolderIsUsedByOneServer) {
  TempDir temp;
  const std::string folder = temp.File("state");
  RevisionStore store = Open(folder);
  EXPECT_EQ(RevisionStore::Open(folder).status().code(), absl::StatusCode::kUnavailable);
}

TEST(RevisionStore, AFolderThatCannotBeWrittenIsSaidAndChangesNothing) {
  TempDir temp;
  const std::string folder = temp.File("state");
  RevisionStore store = Open(folder);
  ASSERT_TRUE(store.Append(Made("a")).ok());
  std::filesystem::remove_all(folder);
  EXPECT_EQ(store.Append(Made("b")).status().code(), absl::StatusCode::kUnavailable);
  EXPECT_EQ(store.all().size(), 1u);
}

TEST(RevisionStore, CountsStartsThatDidNotLast) {
  TempDir temp;
  const std::string folder = temp.File("state");
  for (int i = 0; i < 3; ++i) EXPECT_EQ(Open(folder).NoteStart(), i);
  RevisionStore store = Open(folder);
  EXPECT_EQ(store.NoteStart(), 3);
  store.NoteLasting();
  EXPECT_EQ(store.NoteStart(), 0);
}

TEST(RevisionStore, WithoutAFolderItKeepsThemInMemory) {
  RevisionStore store = Open("");
  EXPECT_EQ(store.Append(Made("a"))->number(), 1);
  EXPECT_EQ(store.NoteStart(), 0);
  EXPECT_EQ(store.Restorable("file", 0)->yaml, "a");
}

}  // namespace
}  // namespace troupe::config
