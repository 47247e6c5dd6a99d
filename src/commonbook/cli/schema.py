"""``commonbook schema``: what a configuration may say."""

from commonbook.cli.console import failing_clearly, print_json


def schema_command() -> None:
    """Print the JSON Schema of configurations; editors complete from it."""
    with failing_clearly():
        from commonbook.config.schema import json_schema

        print_json(json_schema())
