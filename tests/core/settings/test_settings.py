import os
import stat
import sys
from dataclasses import replace
from pathlib import Path

import pytest

from modelshelf.core.errors import (
    InputError,
    NotFoundError,
    PermissionRefusedError,
    RegistryError,
)
from modelshelf.core.paths import AppPaths
from modelshelf.core.settings import DECLARED, Environment, Settings

EDITED_BY_HAND = """\
# My machine
title = "unknown to the program"

[appearance]
theme = "dark"   # easier on the eyes

[network]
connections = 8
future_option = [1, 2]
"""


@pytest.fixture
def environment(store: Path) -> Environment:
    return Environment(hub_cache=store)


def load(paths: AppPaths, environment: Environment, text: str | bytes | None = None) -> Settings:
    if text is not None:
        paths.config.mkdir(parents=True, exist_ok=True)
        paths.settings_file.write_bytes(text.encode() if isinstance(text, str) else text)
    return Settings.load(paths, environment)


class TestReading:
    def test_without_a_file_every_setting_has_its_default(
        self, app_paths: AppPaths, environment: Environment
    ):
        settings = load(app_paths, environment)
        assert settings.problems == ()
        assert {key: settings[key] for key in DECLARED} == {
            key: setting.default for key, setting in DECLARED.items()
        }

    def test_what_is_understood_counts_and_what_is_not_is_named(
        self, app_paths: AppPaths, environment: Environment
    ):
        settings = load(app_paths, environment, EDITED_BY_HAND)
        assert settings.text("appearance.theme") == "dark"
        assert settings.number("network.connections") == 8
        assert len(settings.problems) == 2
        assert "title" in settings.problems[0]
        assert "network.future_option" in settings.problems[1]

    @pytest.mark.parametrize(
        "entry",
        [
            "network.connections = 0",
            "network.connections = 65",
            "network.connections = true",
            'network.connections = "8"',
            "network.connections = 8.0",
            'network.offline = "yes"',
            "network.offline = 1",
            'appearance.theme = "pink"',
            "appearance.theme = 2020-01-01",
            'storage.locations = "/a"',
            'storage.locations = ["/a", 7]',
            'storage.locations = [""]',
            'storage.locations = ["/a\\u0000b"]',
            'network.endpoint = "a\\u0000b"',
            "appearance = 5",
            "downloads.parallel = [1]",
            "downloads.parallel = {x = 1}",
        ],
    )
    def test_a_wrong_value_leaves_the_default_and_says_so(
        self, app_paths: AppPaths, environment: Environment, entry: str
    ):
        settings = load(app_paths, environment, entry)
        (problem,) = settings.problems
        assert entry.split(" ")[0] in problem
        assert all(settings[key] == setting.default for key, setting in DECLARED.items())

    @pytest.mark.parametrize(
        "content",
        [
            b"\xff\xfe not text",
            b"not toml at all [",
            b"a = " + b"[" * 100_000,
            b"a = " + b"9" * 10_000,
            b"a" * (2 << 20),
            b"a = 1\na = 2",
        ],
        ids=["bytes", "syntax", "depth", "digits", "size", "twice"],
    )
    def test_a_hostile_file_never_keeps_the_program_from_starting(
        self, app_paths: AppPaths, environment: Environment, content: bytes
    ):
        settings = load(app_paths, environment, content)
        (problem,) = settings.problems
        assert "could not be read" in problem
        assert len(problem) < 500
        assert settings.values == {}
        with pytest.raises(RegistryError, match="was not changed"):
            settings.with_value("appearance.theme", "dark").save()
        assert app_paths.settings_file.read_bytes() == content

    def test_thousands_of_unknown_entries_are_not_all_told(
        self, app_paths: AppPaths, environment: Environment
    ):
        text = "".join(f"unknown{number} = 1\n" for number in range(5000))
        problems = load(app_paths, environment, text).problems
        assert len(problems) == 21
        assert "4980 more problems" in problems[-1]

    def test_control_characters_of_the_file_do_not_reach_the_terminal(
        self, app_paths: AppPaths, environment: Environment
    ):
        settings = load(
            app_paths, environment, '"\\u001b[31mred" = 1\nappearance.theme = "\\u001b[0m"'
        )
        assert len(settings.problems) == 2
        assert "\x1b" not in "".join(settings.problems)

    @pytest.mark.skipif(sys.platform == "win32", reason="there are no pipes in folders there")
    def test_a_pipe_in_place_of_the_file_keeps_nobody_waiting(
        self, app_paths: AppPaths, environment: Environment
    ):
        app_paths.config.mkdir(parents=True)
        os.mkfifo(app_paths.settings_file)
        assert load(app_paths, environment).problems


class TestSaving:
    def test_comments_order_and_unknown_entries_stay(
        self, app_paths: AppPaths, environment: Environment
    ):
        settings = load(app_paths, environment, EDITED_BY_HAND)
        settings.with_value("appearance.theme", "light").save()
        assert app_paths.settings_file.read_text() == EDITED_BY_HAND.replace('"dark"', '"light"')

    def test_only_what_was_changed_is_written(self, app_paths: AppPaths, environment: Environment):
        window = load(app_paths, environment, "[network]\nconnections = 8\n")
        terminal = load(app_paths, environment)
        terminal.with_value("network.connections", 4).with_value("downloads.parallel", 1).save()
        window.with_value("appearance.theme", "dark").save()
        now = load(app_paths, environment)
        assert now.values == {
            "network.connections": 4,
            "downloads.parallel": 1,
            "appearance.theme": "dark",
        }

    def test_an_entry_that_was_not_understood_is_the_persons_to_mend(
        self, app_paths: AppPaths, environment: Environment
    ):
        settings = load(app_paths, environment, '[appearance]\ntheme = "drak"\n')
        settings.with_value("network.offline", True).save()
        assert 'theme = "drak"' in app_paths.settings_file.read_text()

    def test_changing_back_and_forth_ends_where_it_ends(
        self, app_paths: AppPaths, environment: Environment
    ):
        settings = load(app_paths, environment).with_value("appearance.theme", "dark")
        settings.save()
        settings = settings.with_value("appearance.theme", "system")
        settings.save()
        assert load(app_paths, environment).values == {"appearance.theme": "system"}
        settings.without("appearance.theme").save()
        assert load(app_paths, environment).values == {}

    def test_every_kind_of_value_comes_back(self, app_paths: AppPaths, environment: Environment):
        settings = (
            load(app_paths, environment)
            .with_value("storage.locations", ("/data/ünï", 'C:\\models "x"'))
            .with_value("network.offline", True)
            .with_value("downloads.parallel", 16)
            .with_value("network.endpoint", "https://mirror.example/")
        )
        settings.save()
        now = load(app_paths, environment)
        assert now.values == settings.values
        assert now.problems == ()

    @pytest.mark.parametrize(
        "before",
        ["appearance = 5\n", "appearance = {theme = 'dark'}\n", "appearance.theme='dark'\n"],
    )
    def test_a_section_in_any_shape_can_be_written(
        self, app_paths: AppPaths, environment: Environment, before: str
    ):
        settings = load(app_paths, environment, before)
        settings.with_value("appearance.theme", "light").save()
        assert load(app_paths, environment).values == {"appearance.theme": "light"}

    @pytest.mark.skipif(sys.platform == "win32", reason="links need a privilege there")
    def test_a_linked_file_stays_a_link_and_keeps_its_mode(
        self, app_paths: AppPaths, environment: Environment, tmp_path: Path
    ):
        real = tmp_path / "dotfiles.toml"
        real.write_text("")
        real.chmod(0o600)
        app_paths.config.mkdir(parents=True)
        app_paths.settings_file.symlink_to(real)
        load(app_paths, environment).with_value("appearance.theme", "dark").save()
        assert app_paths.settings_file.is_symlink()
        assert "dark" in real.read_text()
        assert stat.S_IMODE(real.stat().st_mode) == 0o600

    def test_a_folder_that_cannot_be_written_is_said(
        self, app_paths: AppPaths, environment: Environment, tmp_path: Path
    ):
        (tmp_path / "app").write_text("not a folder")
        settings = replace(load(app_paths, environment), problems=())
        with pytest.raises(PermissionRefusedError, match="could not be saved"):
            settings.with_value("appearance.theme", "dark").save()

    def test_what_does_not_exist_or_fit_is_refused(
        self, app_paths: AppPaths, environment: Environment
    ):
        settings = load(app_paths, environment)
        with pytest.raises(NotFoundError, match="no setting “nothing”") as caught:
            settings.with_value("nothing", 1)
        assert "appearance.theme" in caught.value.hint
        with pytest.raises(InputError, match=r"no value for appearance\.theme"):
            settings.with_value("appearance.theme", "pink")


class TestStores:
    def test_the_order_is_configured_models_dir_cache_project(
        self, app_paths: AppPaths, tmp_path: Path, store: Path
    ):
        project = tmp_path / "project"
        (project / "models" / "hub").mkdir(parents=True)
        environment = Environment(
            hub_cache=store, models_dir=tmp_path / "models_dir", project_folder=project
        )
        settings = Settings(app_paths, environment, {"storage.locations": ("/second", "~/first")})
        assert settings.stores == (
            Path("/second"),
            Path.home() / "first",
            tmp_path / "models_dir",
            store,
            project / "models" / "hub",
        )

    def test_no_store_twice_and_no_visible_folder_that_is_not_there(
        self, app_paths: AppPaths, tmp_path: Path, store: Path
    ):
        environment = Environment(hub_cache=store, models_dir=store, project_folder=tmp_path)
        settings = Settings(app_paths, environment, {"storage.locations": (str(store),)})
        assert settings.stores == (store,)

    def test_a_home_nobody_has_is_a_folder_name(self, app_paths: AppPaths):
        settings = Settings(
            app_paths, Environment(), {"storage.locations": ("~no-such-user/models",)}
        )
        assert settings.stores == (Path.cwd() / "~no-such-user" / "models",)


class TestDerived:
    def test_the_environment_decides_before_the_file(self, settings: Settings):
        chosen = settings.with_value("network.endpoint", "https://mirror.example/")
        assert settings.endpoint == "https://huggingface.co"
        assert chosen.endpoint == "https://mirror.example"
        environment = replace(chosen.environment, endpoint="http://127.0.0.1:1", offline=True)
        decided = replace(chosen, environment=environment)
        assert decided.endpoint == "http://127.0.0.1:1"
        assert decided.is_offline
        assert settings.with_value("network.offline", True).is_offline
