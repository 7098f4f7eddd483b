import pytest

from lstm_sentiment_cli.rendering.style import Display, diverging, label_colours, shades


def test_positive_and_negative_look_alike_in_every_model():
    two = label_colours(["positive", "negative"])
    three = label_colours(["negative", "neutral", "positive"])

    assert two["positive"] == three["positive"]
    assert two["negative"] == three["negative"]
    assert len(set(three.values())) == 3


@pytest.mark.parametrize("labels", [["joy", "anger"], ["a", "b", "c", "d", "e"]])
def test_other_labels_are_told_apart(labels):
    assert len(set(label_colours(labels).values())) == len(labels)


def test_any_number_of_labels_has_colours():
    labels = [f"label {number}" for number in range(40)]

    assert list(label_colours(labels)) == labels


def test_what_speaks_against_one_of_two_labels_has_the_colour_of_the_other():
    colours = label_colours(["positive", "negative"])

    assert diverging(["positive", "negative"], "positive") == tuple(colours.values())
    assert diverging(["positive", "negative"], "negative") == tuple(colours.values())[::-1]


@pytest.mark.parametrize("label", ["positive", "negative", "neutral", "joy", "anger"])
def test_of_more_labels_for_and_against_differ(label):
    labels = ["positive", "negative", "neutral", "joy", "anger"]
    speaking_for, against = diverging(labels, label)

    assert speaking_for == label_colours(labels)[label]
    assert against != speaking_for
    assert against in {label_colours(labels)["positive"], label_colours(labels)["negative"]}


def luminance(colour):
    """Return the relative luminance that WCAG 2 defines, of "#rrggbb"."""
    parts = [value / 255 for value in bytes.fromhex(colour.removeprefix("#"))]
    red, green, blue = (
        part / 12.92 if part <= 0.03928 else ((part + 0.055) / 1.055) ** 2.4 for part in parts
    )
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue


def contrast(first, second):
    light, dark = sorted([luminance(first), luminance(second)], reverse=True)
    return (light + 0.05) / (dark + 0.05)


@pytest.mark.parametrize("colours", [16, 256])
@pytest.mark.parametrize("label", ["positive", "negative", "neutral", "a", "b", "c"])
def test_words_can_be_read_on_light_and_on_dark_grounds(label, colours):
    colour = label_colours(["positive", "negative", "neutral", "a", "b", "c"])[label]

    styles = shades(colour, colours)

    assert len(set(styles)) == 3
    for style in styles:
        ink, _, ground = style.replace("bold ", "").replace("underline ", "").partition(" on ")
        for other in [ground] if ground else ["#000000", "#ffffff"]:
            assert contrast(ink, other) >= 3


@pytest.mark.parametrize(
    ("color_system", "colours"),
    [(None, 0), ("standard", 16), ("windows", 16), ("256", 256), ("truecolor", 2**24)],
)
def test_the_colours_of_a_terminal_are_counted(color_system, colours):
    assert Display.of(80, "utf-8", color_system).colours == colours
