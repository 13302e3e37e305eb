"""Settings: one table, a reference file that says the same, and errors that name the setting."""

import re
import tomllib
from pathlib import Path
from typing import Any

import msgspec
import pytest

from localytics.configuration import load
from localytics.errors import SetupError
from localytics.settings import Settings, sections

REFERENCE = Path(__file__).parents[1] / "config.toml"


def test_defaults_need_no_file() -> None:
    settings = load(environ={})
    assert settings.server.port == 4777
    assert settings.server.host == "127.0.0.1"
    assert settings.claude.follow is False


def test_reference_file_lists_every_setting_at_its_default_and_nothing_else() -> None:
    text = REFERENCE.read_text("utf-8")
    enabled = re.sub(r"^# ?(?=\w+ = )", "", text, flags=re.MULTILINE)
    assert tomllib.loads(enabled) == msgspec.json.decode(msgspec.json.encode(Settings()))


def test_reference_file_changes_nothing_as_it_stands() -> None:
    assert load(REFERENCE, environ={}) == Settings()


def test_reference_file_says_what_each_setting_is_for() -> None:
    text = REFERENCE.read_text("utf-8")
    for _, settings in sections():
        for setting in settings:
            description = setting.type.__metadata__[0].description
            assert f"# {description}\n# {setting.name} = " in text, setting.name


def test_environment_overrides_the_file_and_the_command_line_both(tmp_path: Path) -> None:
    file = tmp_path / "config.toml"
    file.write_text('[server]\nport = 1000\nhost = "localhost"\nlog_level = "debug"\n')
    settings = load(
        file,
        environ={"LOCALYTICS_SERVER__PORT": "2000", "LOCALYTICS_SERVER__HOST": "127.0.0.1"},
        overrides={"server": {"port": 3000}},
    )
    assert settings.server.port == 3000
    assert settings.server.host == "127.0.0.1"
    assert settings.server.log_level == "debug"


def test_lists_come_from_the_environment_by_comma() -> None:
    settings = load(environ={"LOCALYTICS_SERVER__ALLOWED_HOSTS": " stats.local, box,"})
    assert settings.server.allowed_hosts == ("stats.local", "box")


@pytest.mark.parametrize(
    ("text", "enabled"),
    [
        ("true", True),
        ("false", False),
        ("0", False),
        ("Off", False),
        ("no", False),
        ("on", True),
        ("YES", True),
    ],
)
def test_analytics_enabled_is_honoured(text: str, enabled: bool) -> None:
    assert load(environ={"ANALYTICS_ENABLED": text}).ingest.enabled is enabled


def test_variable_of_the_client_is_no_setting() -> None:
    assert load(environ={"LOCALYTICS_URL": "http://127.0.0.1:4777"}) == Settings()


@pytest.mark.parametrize(
    ("file", "environ", "named"),
    [
        ("[server]\nprot = 1\n", {}, "prot"),
        ("[sever]\nport = 1\n", {}, "sever"),
        ("port = 1\n", {}, "port"),
        ("[server]\nport = 70000\n", {}, "server.port"),
        ('[server]\nlog_level = "loud"\n', {}, "log_level"),
        ("[server\n", {}, "TOML"),
        ("", {"LOCALYTICS_SERVER__PROT": "1"}, "LOCALYTICS_SERVER__PROT"),
        ("", {"LOCALYTICS_PORT": "1"}, "LOCALYTICS_PORT"),
        ("", {"LOCALYTICS_SERVER__PORT": "many"}, "server.port"),
    ],
)
def test_errors_name_the_setting(
    tmp_path: Path, file: str, environ: dict[str, Any], named: str
) -> None:
    path = tmp_path / "config.toml"
    path.write_text(file)
    with pytest.raises(SetupError, match=re.escape(named)):
        load(path, environ=environ)


@pytest.mark.parametrize(
    ("variable", "text", "takes"),
    [
        ("LOCALYTICS_SERVER__PORT", "70000", "a whole number, at least 0 and at most 65535"),
        ("LOCALYTICS_STORE__MEMORY_MB", "1", "a whole number, at least 256"),
        ("LOCALYTICS_QUERY__SECONDS", "nan", "a number, more than 0 and at most 3600"),
        ("LOCALYTICS_SERVER__LOG_LEVEL", "loud", "debug, info, warning or error"),
        ("LOCALYTICS_CLAUDE__FOLLOW", "perhaps", "true or false"),
        ("ANALYTICS_ENABLED", "perhaps", "true or false"),
        ("LOCALYTICS_SERVER__ALLOWED_HOSTS", "http://box", "stats.local"),
        ("LOCALYTICS_SERVER__ALLOWED_HOSTS", "box:4777", "stats.local"),
        ("LOCALYTICS_SERVER__ALLOWED_ORIGINS", "app.example", "https://app.example"),
        ("LOCALYTICS_SERVER__ALLOWED_ORIGINS", "https://app.example/", "https://app.example"),
        ("LOCALYTICS_SERVER__ALLOWED_ORIGINS", "*", "https://app.example"),
        ("LOCALYTICS_DEVICE__CHANGE_PERCENT_BY_METRIC", "cpu", "temperature=1"),
        ("LOCALYTICS_RETENTION__RAW_DAYS_BY_TYPE", "a=soon", "api.request=30"),
        ("LOCALYTICS_RETENTION__RAW_DAYS_BY_TYPE", "a=100001", "up to 100000"),
    ],
)
def test_errors_say_who_said_what_and_what_would_be_right(
    variable: str, text: str, takes: str
) -> None:
    with pytest.raises(SetupError) as told:
        load(environ={variable: text})
    for part in (variable, repr(text), takes):
        assert part in told.value.message


@pytest.mark.parametrize(
    ("file", "environ", "message", "hint"),
    [
        ("[server]\nprot = 1", {}, "server.prot, from {}, is no setting", "server.port? config"),
        ("[sever]\nport = 1", {}, "[sever], from {}, is no section", "server? config"),
        ("", {"LOCALYTICS_SEVER__PORT": "1"}, "LOCALYTICS_SEVER__PORT", "LOCALYTICS_SERVER__PORT?"),
    ],
)
def test_a_slip_is_told_what_was_meant(
    tmp_path: Path, file: str, environ: dict[str, str], message: str, hint: str
) -> None:
    path = tmp_path / "config.toml"
    path.write_text(file)
    with pytest.raises(SetupError) as told:
        load(path, environ=environ)
    assert message.format(path) in told.value.message
    assert str(told.value.hint).startswith(f"Did you mean {hint}")


@pytest.mark.parametrize(
    ("content", "said"),
    [
        (b"\xff", "is not UTF-8"),
        (b"[server", "is not TOML: Expected ']' at the end of a table declaration"),
    ],
)
def test_a_file_that_can_not_be_read_is_told_with_a_hint(
    tmp_path: Path, content: bytes, said: str
) -> None:
    path = tmp_path / "config.toml"
    path.write_bytes(content)
    with pytest.raises(SetupError, match=re.escape(f"The settings file {path} {said}")) as told:
        load(path, environ={})
    assert told.value.hint


def test_the_example_of_a_section_is_toml(tmp_path: Path) -> None:
    path = tmp_path / "config.toml"
    path.write_text("port = 1\n")
    with pytest.raises(SetupError) as told:
        load(path, environ={})
    lines = re.findall(r"line (\[\w+\]|\w+ = \d+)", str(told.value.hint))
    assert tomllib.loads("\n".join(lines)) == {"server": {"port": 4777}}


def test_a_missing_file_is_said() -> None:
    with pytest.raises(SetupError, match="nowhere"):
        load(Path("nowhere.toml"), environ={})
