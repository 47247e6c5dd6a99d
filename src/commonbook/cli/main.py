"""The application: its commands, its version, its help."""

from typing import Annotated

import typer

from commonbook import __version__
from commonbook.cli import data, demo, run, schema

app = typer.Typer(
    name="commonbook",
    help="Backtest many portfolios on one order book, isolated or competing.",
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


@app.callback()
def main(
    version: Annotated[
        bool,
        typer.Option(
            "--version", callback=_version, is_eager=True, help="Print the version."
        ),
    ] = False,
) -> None:
    """Backtest many portfolios on one order book, isolated or competing."""


app.command("run")(run.run_command)
app.command("compare")(run.compare_command)
app.command("inspect")(data.inspect_command)
app.command("synth")(data.synth_command)
app.command("schema")(schema.schema_command)
app.command("demo")(demo.demo_command)
