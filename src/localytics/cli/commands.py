"""Commands: the command line, and what it ends with."""

import sys
from importlib.abc import MetaPathFinder

import rich_click as click
from rich.console import Console
from rich.text import Text

from localytics import __version__
from localytics.cli.demo import demo
from localytics.cli.doctor import doctor
from localytics.cli.export import export
from localytics.cli.forget import forget
from localytics.cli.importing import import_
from localytics.cli.report import report
from localytics.cli.retention import retention
from localytics.cli.serve import serve
from localytics.cli.tail import tail
from localytics.cli.text import plain
from localytics.errors import InvalidParameter, InvalidWindow, LocalyticsError

click.rich_click.TEXT_MARKUP = "markdown"
click.rich_click.MAX_WIDTH = 100


@click.group(context_settings={"help_option_names": ["-h", "--help"]})
@click.version_option(__version__, prog_name="localytics")
def command() -> None:
    """Analytics that stays on the machine.

    `localytics serve` takes events over HTTP, keeps them in one DuckDB file and answers questions
    about them. The other commands work on the same data, through the service where it runs and on
    the file itself where it does not.
    """


for one in (serve, import_, report, tail, export, demo, retention, forget, doctor):
    command.add_command(one)


_MISUSE = {InvalidParameter.code, InvalidWindow.code}


class _Unneeded(MetaPathFinder):
    """What others would load where it is installed, and nothing here uses: pandas, by pyarrow with
    its first array (half a second and 50 MB), and what Litestar has for pydantic (an eighth of a
    second and 9 MB), which comes with genai-prices.
    """

    def find_spec(self, fullname: str, *_: object) -> None:
        if fullname == "pandas":
            raise ModuleNotFoundError("Localytics does without pandas", name=fullname)
        if fullname == "litestar.plugins.pydantic":
            from litestar.exceptions import MissingDependencyException  # noqa: PLC0415 - on demand

            raise MissingDependencyException("pydantic")


def run() -> None:
    """Run the command line; errors are told in a sentence and a hint, never as a trace.

    Ends with 2 where the command was not one that can be meant, with 1 where it failed.
    """
    sys.meta_path.insert(0, _Unneeded())
    try:
        _check(sys.argv[1:])
        command()
    except LocalyticsError as error:
        _tell(error.message, error.hint)
        sys.exit(2 if error.code in _MISUSE else 1)
    except OSError as error:  # a full disk below standard output, say
        place = f"{error.filename}: " if error.filename else ""
        _tell(f"{place}{error.strerror or error}")
        sys.exit(1)


def _tell(message: str, hint: str | None = None) -> None:
    console = Console(stderr=True, highlight=False, soft_wrap=True)
    console.print(Text.assemble(("Error: ", "bold red"), plain(message)))
    if hint:
        console.print(plain(hint, "dim"))


def _check(words: list[str]) -> None:
    """Raises InvalidParameter for a word in other bytes than UTF-8: DuckDB, a URL and JSON have no
    place for it.
    """
    for word in words:
        try:
            word.encode()
        except UnicodeEncodeError:
            raise InvalidParameter(
                f"{word!r} is not UTF-8",
                hint="Every word of a command must be, names of files too.",
            ) from None
