"""Run the command line by `python -m lstm_sentiment_cli`."""

from lstm_sentiment_cli.cli.main import main

if __name__ == "__main__":
    main()
