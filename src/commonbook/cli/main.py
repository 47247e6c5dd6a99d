"""The application: its commands, its version, its help."""

import inspect
from collections.abc import Callable
from typing import Annotated

import typer

from commonbook import __version__
from commonbook.cli import convert, data, demo, queues, run, schema
from commonbook.cli.options import with_source_options

_PITCH = "Backtest many portfolios on one order book, isolated or competing."

app = typer.Typer(
    name="commonbook",
    epilog="Start with: commonbook demo",
    no_args_is_help=True,
    add_completion=False,
    pretty_exceptions_enable=False,
    context_settings={"help_option_names": ["-h", "--help"]},
)


def _version(value: bool) -> None:
    if value:
        typer.echo(f"commonbook {__version__}")
        raise typer.Exit


@app.callback(help=_PITCH)
def main(
    version: Annotated[
        bool,
        typer.Option(
            "--version", callback=_version, is_eager=True, help="Print the version."
        ),
    ] = False,
) -> None:
    """
    Backtest many portfolios on one order book, isolated or competing.

    Parameters
    ----------
    version : bool, default False
        Print the version and end.
    """


def _add(name: str, command: Callable[..., None], epilog: str | None = None) -> None:
    """Add a command; its help is the first sentence of its docstring."""
    summary = (inspect.getdoc(command) or "").partition("\n")[0]
    app.command(name, help=summary, epilog=epilog)(with_source_options(command))


_add("run", run.run_command, run.EXIT_CODES)
_add("compare", run.compare_command, run.EXIT_CODES)
_add("inspect", data.inspect_command)
_add("convert", convert.convert_command)
_add("synth", data.synth_command)
_add("compare-queues", queues.compare_queues_command)
_add("schema", schema.schema_command)
_add("demo", demo.demo_command)
