"""Run the command line as ``python -m commonbook``."""

from commonbook.cli.main import app

if __name__ == "__main__":
    app(prog_name="commonbook")
