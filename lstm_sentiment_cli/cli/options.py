"""Options that several commands share, each written once."""

from pathlib import Path
from typing import Annotated

import typer

Model = Annotated[
    str,
    typer.Option("--model", "-m", metavar="NAME|PATH", help="Model to use: a name or a folder."),
]
Quiet = Annotated[bool, typer.Option("--quiet", "-q", help="Say nothing but errors on stderr.")]
NoColor = Annotated[bool, typer.Option("--no-color", help="No colours (NO_COLOR does the same).")]
AsJson = Annotated[bool, typer.Option("--json", help="JSON for programs instead of a table.")]
Force = Annotated[bool, typer.Option("--force", help="Replace what is there.")]
Encoding = Annotated[
    str, typer.Option("--encoding", metavar="NAME", help="Encoding of the input files.")
]
DataFiles = Annotated[
    list[Path],
    typer.Argument(
        metavar="DATA",
        help="Labelled files: csv, tsv, jsonl or parquet, plain or .gz .zip .bz2 .xz.",
        show_default=False,
    ),
]
TextColumn = Annotated[
    str | None,
    typer.Option("--text-column", metavar="NAME", help="Column of the text.", show_default="text"),
]
LabelColumn = Annotated[
    str | None,
    typer.Option(
        "--label-column", metavar="NAME", help="Column of the label.", show_default="label"
    ),
]
SkipUnreadable = Annotated[
    bool, typer.Option("--skip-unreadable", help="Leave out rows that cannot be read, and count.")
]
DEFAULT_MODEL = "default"
