"""Every rule of tidy.py notices its violation, and says nothing of a tree that keeps it."""

import pathlib
import sys
import tempfile
import unittest

sys.path.insert(0, str(pathlib.Path(__file__).parent))
import tidy  # noqa: E402

HEADER = "// What it is for.\n#pragma once\n"


class TidyTest(unittest.TestCase):
    def violations(self, files):
        with tempfile.TemporaryDirectory() as directory:
            root = pathlib.Path(directory)
            (root / "runtime").mkdir()
            for name, text in files.items():
                (root / name).parent.mkdir(parents=True, exist_ok=True)
                (root / name).write_text(text, encoding="utf-8")
            return list(tidy.violations(root))

    def assert_clean(self, files):
        self.assertEqual(self.violations(files), [])

    def assert_noticed(self, place, files):
        found = self.violations(files)
        self.assertEqual(len(found), 1, found)
        self.assertTrue(found[0].startswith(place), found)

    def assert_include(self, path, include, allowed):
        text = f'#include "{include}"\n' if "." in include else f"#include <{include}.hpp>\n"
        with self.subTest(path=path, include=include):
            if allowed:
                self.assert_clean({path: text})
            else:
                self.assert_noticed(f"{path}:1: ", {path: text})

    def test_includes_run_one_way(self):
        for path, include, allowed in [
            ("runtime/http/a.cc", "runtime/http/b.h", True),
            ("runtime/http/a.cc", "runtime/async/b.h", False),
            ("runtime/telemetry/a.cc", "runtime/http/b.h", True),
            ("runtime/telemetry/a.cc", "runtime/reactor/b.h", False),
            ("runtime/policy/a.cc", "runtime/http/b.h", False),
            ("runtime/reactor/a.cc", "runtime/policy/b.h", True),
            ("runtime/config/a.cc", "troupe/config/v1/config.pb.h", True),
            ("runtime/reactor/a.cc", "troupe/config/v1/config.pb.h", False),
            ("runtime/reactor/a.cc", "runtime/actors/b.h", False),
            ("runtime/actors/a.cc", "runtime/server.h", False),
            ("runtime/server.cc", "runtime/actors/b.h", True),
            ("runtime/server.cc", "services/echo.h", False),
            ("bench/load/a.cc", "runtime/http/b.h", False),
        ]:
            self.assert_include(path, include, allowed)

    def test_services_see_only_what_is_theirs(self):
        for path, include, allowed in [
            ("services/echo.cc", "runtime/service.h", True),
            ("services/echo.cc", "runtime/http/fields.h", False),
            ("services/echo.cc", "runtime/server.h", False),
            ("services/main.cc", "runtime/program/main.h", True),
            ("services/main.cc", "services/echo.h", True),
            ("services/main.cc", "runtime/actors/pool.h", False),
            ("services/samples/hello/hello.cc", "services/samples/hello/hello.h", True),
            ("tests/services/echo_test.cc", "runtime/testing.h", True),
            ("tests/services/echo_test.cc", "runtime/actors/pool.h", False),
            ("runtime/service.cc", "runtime/async/context.h", True),
        ]:
            self.assert_include(path, include, allowed)

    def test_the_authors_header_brings_no_actors(self):
        header = HEADER + '#include "runtime/actors/pool.h"\n'
        self.assert_noticed("runtime/service.h:3: ", {"runtime/service.h": header})

    def test_libraries_stay_in_their_folders(self):
        for path, include, allowed in [
            ("runtime/actors/a.cc", "caf/actor", True),
            ("runtime/async/a.cc", "caf/actor", False),
            ("tests/reactor/a_test.cc", "caf/actor", True),
            ("tests/http/a_test.cc", "caf/actor", False),
            ("admin/a.cc", "grpcpp/server", True),
            ("runtime/server.cc", "grpcpp/server", False),
            ("runtime/reactor/a.cc", "spdlog/spdlog", False),
            ("runtime/actors/a.cc", "yaml-cpp/yaml", False),
        ]:
            self.assert_include(path, include, allowed)

    def test_http_and_async_know_no_sockets(self):
        self.assert_include("runtime/http/a.cc", "sys/socket.h", False)
        self.assert_include("runtime/async/a.cc", "sys/epoll.h", False)
        self.assert_include("runtime/reactor/a.cc", "sys/epoll.h", True)

    def test_headers_begin_with_a_comment_and_are_included_once(self):
        self.assert_clean({"runtime/http/a.h": HEADER})
        self.assert_noticed("runtime/http/a.h:1: ", {"runtime/http/a.h": "#pragma once\n"})
        self.assert_noticed("runtime/http/a.h:1: ", {"runtime/http/a.h": "// What it is for.\n"})

    def test_files_are_short_and_narrow(self):
        self.assert_clean({"a.cc": "//\n" * 600})
        self.assert_noticed("a.cc:601: ", {"a.cc": "//\n" * 601})
        self.assert_clean({"a.cc": "/" * 100 + "\n", "a.md": "a" * 200 + "\n"})
        self.assert_noticed("a.cc:1: 101 columns", {"a.cc": "/" * 101 + "\n"})

    def test_text_is_finished_and_ends_with_a_newline(self):
        self.assert_noticed("a.md:2: no newline", {"a.md": "one\ntwo"})
        self.assert_noticed("a.md:2: ", {"a.md": "one\n" + "TO" + "DO: two\n"})

    def test_no_file_names_a_path_of_one_machine(self):
        self.assert_noticed("a.md:1: ", {"a.md": "see " + "/ho" + "me/me/notes\n"})
        self.assert_clean({"a.md": "see /run/troupe and docs/home/a.md\n"})

    def test_every_folder_of_the_runtime_is_described(self):
        files = {"docs/ARCHITECTURE.md": "http/ is bytes.\n", "runtime/http/a.cc": "//\n"}
        self.assert_clean(files)
        self.assert_noticed("docs/ARCHITECTURE.md:1: ", files | {"runtime/async/a.cc": "//\n"})

    def test_what_is_built_or_not_text_is_left_alone(self):
        self.assert_clean({"build/release/a.h": "no newline"})


if __name__ == "__main__":
    unittest.main()
