"""Emoji whose tone their Unicode name says, for texts from before there were any.

Tweets labelled by an emoticon are older than most emoji. An emoji of the label's tone behind a
share of them teaches what it means, as the emoticons did that were left in some.
"""

import hashlib

# By name: smiling, laughing, loving, applauding, celebrating; then sad, angry, afraid, sick.
TONED = {
    "positive": (
        *"😀😃😄😁😆😅😂🤣😊🙂😇😍🥰😘😗😙😚😋😎🤩🥳🤗😌😉😺😸😻👍👏🙌🙏💪👌🤝🎉🎊🎁🏆🥇💯",
        *"❤💕💖💗💙💚💛💜🧡💓💞💘💝😹🤠✨🌟⭐🔥☀🌈🌸🌺🍀🎶💃🥂✅",
    ),
    "negative": (
        *"😞😔😟🙁☹😣😖😫😩😢😭😤😠😡🤬😱😨😰😥😓😒🙄😑😕😬🤢🤮🤒🤕😷👎💔😿😾🙀🤦😪😵🥺😧😦😮🤡💩🖕😶😐☠💀",
    ),
}
_MOST = 3


def with_emoji(text: str, label: str, share: float) -> str:
    """Return the text, with one to three of an emoji behind it if it is among the share.

    The text decides whether, which and how many, so it is the same in every run. A label that is
    no tone has no emoji.
    """
    if not share or label not in TONED:
        return text
    digest = hashlib.blake2b(text.encode(errors="replace"), digest_size=16, person=b"emoji")
    number = int.from_bytes(digest.digest())
    if number >= share * 2**128:
        return text
    # The high bits are small where the text was taken; the low ones are as good as any.
    which, times = divmod(number % 2**32, _MOST)
    known = TONED[label]
    return f"{text} {known[which % len(known)] * (1 + times)}"
