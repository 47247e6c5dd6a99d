import json

from typer.testing import CliRunner

from commonbook.cli.main import app
from commonbook.config import json_schema


def test_the_schema_is_printed_as_json():
    result = CliRunner().invoke(app, ["schema"])
    assert json.loads(result.stdout) == json_schema()
