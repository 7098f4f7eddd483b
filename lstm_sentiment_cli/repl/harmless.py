"""What is being typed, shown so that a terminal cannot act on it."""

from bisect import bisect_left

from prompt_toolkit.formatted_text.utils import fragment_list_to_text
from prompt_toolkit.layout.processors import Processor, Transformation, TransformationInput
from prompt_toolkit.layout.utils import explode_text_fragments

from lstm_sentiment_cli.rendering.visible import unstacked, visible


class Harmless(Processor):
    """Shows what is being typed through `visible`; what is scored stays as it was typed."""

    def apply_transformation(self, transformation_input: TransformationInput) -> Transformation:
        """Replace what a terminal would act on, and leave out what stands in heaps."""
        fragments = transformation_input.fragments
        text = fragment_list_to_text(fragments)
        # Every key is followed by this: most lines need no more than a look.
        if text.isascii() and text.isprintable():
            return Transformation(fragments)
        kept = unstacked(text)
        if len(kept) == len(text) and text.isprintable():
            return Transformation(fragments)
        exploded = explode_text_fragments(fragments)
        return Transformation(
            [(exploded[index][0], visible(exploded[index][1])) for index in kept],
            source_to_display=lambda source: bisect_left(kept, source),
            display_to_source=lambda shown: kept[shown] if shown < len(kept) else len(text),
        )
