"""The class of every command: its errors say which settings file gave the option at fault."""

from typing import Any

from typer.core import TyperCommand

from lstm_sentiment_cli.cli.settings import set_in_a_file
from lstm_sentiment_cli.errors import SentimentError


class Command(TyperCommand):
    """Typer's command, with errors of our own."""

    def invoke(self, ctx: Any) -> Any:
        """Run the command; whoever did not type the option at fault is told where it is set."""
        try:
            return super().invoke(ctx)
        except SentimentError as error:
            error.args = (f"{error}{set_in_a_file(ctx, error.options)}",)
            raise
