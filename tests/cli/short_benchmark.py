"""`benchmark` as a process that takes fewer rounds, and fewer calls of a model, than for users."""

import sys

SHORT_BENCHMARK = (
    sys.executable,
    "-c",
    "from lstm_sentiment_cli.benchmarking import speed; "
    "from lstm_sentiment_cli.cli import benchmark, main; "
    "benchmark._FEWEST_ROUNDS = 1; speed._TWEETS = speed._EXPLANATIONS = 10; main.main()",
    "benchmark",
)
