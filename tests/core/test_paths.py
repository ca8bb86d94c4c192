import os
import sys
from pathlib import Path

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from modelshelf.core.errors import InputError
from modelshelf.core.paths import AppPaths, is_within, safe_relative, shipped

_NASTY = st.text(alphabet="./\\:~ abCON\x00\u202e%$*?\ud800é", max_size=30)


class TestSafeRelative:
    @settings(max_examples=500, deadline=None)
    @given(name=st.text(max_size=80) | _NASTY)
    @example("a/../../b")
    @example("..")
    @example("/etc/passwd")
    @example("a//b")
    @example("\\\\server\\share")
    def test_no_accepted_name_leaves_its_folder(self, name: str):
        root = "/srv/models/root"
        try:
            accepted = safe_relative(name)
        except InputError:
            return
        assert accepted == name
        joined = os.path.realpath(os.path.join(root, accepted))
        assert joined == os.path.join(root, *accepted.split("/"))
        assert joined.startswith(root + os.sep)

    @pytest.mark.parametrize(
        "name",
        [
            "config.json",
            "1_Pooling/config.json",
            ".gitattributes",
            "onnx/model_O4.onnx",
            "ünïcödé/模型.bin",
            "a..b",
            "...x",
            "contents",
            "a b.txt",
            "x" * 255,
        ],
    )
    def test_ordinary_names_pass(self, name: str):
        assert safe_relative(name) == name

    @pytest.mark.parametrize(
        "name",
        [
            "",
            ".",
            "..",
            "../x",
            "x/..",
            "x/./y",
            "/x",
            "x/",
            "x//y",
            "C:/x",
            "C:x",
            "x:stream",
            "\\x",
            "x\\..\\y",
            "\\\\?\\C:\\x",
            "//server/share",
            "x\x00y",
            "x\ny",
            "x\x85y",
            "\u202exe.txt",
            "x\u2028y",
            "\ud800",
            "CON",
            "nul.txt",
            "a/COM1.bin",
            "LPT¹",
            "CONIN$",
            "con .txt",
            "x.",
            "x ",
            "x./y",
            "x" * 256,
            "é" * 128,
            "e\u0301",
            "/".join(["x" * 200] * 30),
        ],
    )
    def test_tricks_are_refused_with_a_reason(self, name: str):
        with pytest.raises(InputError, match=r"is refused: .+\.$") as caught:
            safe_relative(name)
        assert caught.value.message.isprintable()
        assert len(caught.value.message) < 200


class TestIsWithin:
    def test_links_are_followed_before_judging(self, tmp_path: Path):
        root, outside = tmp_path / "root", tmp_path / "outside"
        (root / "inside").mkdir(parents=True)
        outside.mkdir()
        (root / "out").symlink_to(outside)
        (root / "in").symlink_to(root / "inside")
        assert is_within(root, root)
        assert is_within(root / "inside" / "missing", root)
        assert is_within(root / "in" / "x", root)
        assert not is_within(root / "out" / "x", root)
        assert not is_within(root / ".." / "outside", root)
        assert not is_within(tmp_path / "root-beside", root)
        assert is_within(tmp_path, Path("/"))


class TestAppPaths:
    def test_one_variable_moves_everything_into_one_folder(self, tmp_path: Path):
        paths = AppPaths.from_environment({"MODELSHELF_HOME": str(tmp_path / "m")})
        for path in (paths.settings_file, paths.database, paths.logs, paths.policy_file):
            assert path.is_relative_to(tmp_path / "m")
        assert not (tmp_path / "m").exists()

    def test_the_folder_of_the_administrator_can_stay_apart(self, tmp_path: Path):
        both = {"MODELSHELF_HOME": str(tmp_path), "MODELSHELF_SITE_CONFIG": "/etc/lab"}
        assert AppPaths.from_environment(both).policy_file == Path("/etc/lab/policy.yaml")

    def test_a_relative_home_is_made_absolute_and_a_tilde_is_home(self):
        assert AppPaths.from_environment({"MODELSHELF_HOME": "x"}).data == Path.cwd() / "x/data"
        assert AppPaths.from_environment({"MODELSHELF_HOME": "~/x"}).data == Path.home() / "x/data"
        odd = AppPaths.from_environment({"MODELSHELF_HOME": "~no-such-user/x"})
        assert odd.data == Path.cwd() / "~no-such-user/x/data"

    @pytest.mark.skipif(sys.platform != "linux", reason="other systems have other folders")
    def test_without_it_the_system_says_where(self):
        paths = AppPaths.from_environment({})
        assert paths.config == Path(os.environ["XDG_CONFIG_HOME"]) / "modelshelf"
        assert paths.data == Path(os.environ["XDG_DATA_HOME"]) / "modelshelf"
        assert paths.site_config.is_absolute()


def test_the_registry_is_found_wherever_the_program_lies():
    assert shipped("registry.yaml").is_file()
