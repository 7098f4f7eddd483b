"""What counts as one token of a tweet, as regular expressions."""

import re

# Western emoticons with symbols for a mouth, and with letters (which must end the word, or the
# time 5:30 and the note:so would hold one); mirrored ones, which must not follow a word (as the
# end of a bracket does); hearts; eastern ones.
# Here and below an alternative begins with a character class and looks behind after it: then the
# engine rules it out by one look at the character.
_EMOTICON = r"""
    [:;=]['`]?[-o^~]?[)\](\[}{|\\@$*]+
  | [:;=]['`]?[-^~]?/+(?![/\w])
  | [:;=](?<![0-9].)['`]?[-^~]?[dDpPoO03cCsSxXbB](?!\w)
  | [xX](?<![^\W_].)-?[dD]+(?!\w)
  | [)(\]\[}{D](?<!\w.)[-o^~]?['`]?[:;=](?![\w)(\]\[])
  | </?3+(?!\d)
  | [\^>;=-](?<!\w.)(?:_+|\.)[\^<;=-](?!\w)
  | [tT](?<!\w.)(?:_+|\.)[tT](?!\w)
  | [oO](?<!\w.)(?:_+|\.)[oO](?!\w)
  | [uU'](?<!\w.)_+[uU'](?!\w)
  | \^\^
"""
EMOTICON = re.compile(_EMOTICON, re.VERBOSE)

_URL = r"""https?://[^\s<>"]+ | www\.[^\s<>"]+
  | [\w-]++\.(?:com|org|net|ly|gl|tv|me|fm|co|uk)\b(?:/[^\s<>"]*)?"""
_EMAIL = r"\.*+[\w+-]++(?:\.[\w+-]++)*+@[\w-]+\.[\w.-]+"
_PICTURE = r"[\U0001f300-\U0001faff\u2600-\u27bf\u2b00-\u2bff\u2300-\u23ff\u203c\u2049]"
# One emoji: a flag, or a picture with its variation and skin tone, perhaps joined to others.
_EMOJI = (
    r"[\U0001f1e6-\U0001f1ff]{2}"
    rf"|{_PICTURE}[\ufe0f\U0001f3fb-\U0001f3ff]*(?:\u200d{_PICTURE}[\ufe0f\U0001f3fb-\U0001f3ff]*)*"
)
_WORD = r"[^\W_]+(?:['\u2019\u02bc`][^\W_]+)*"

EMOJI = re.compile(_EMOJI)

# Every alternative is one group, so that `lastgroup` names the kind; the first that fits wins.
TOKEN = re.compile(
    rf"""
    (?P<url>{_URL})
  | (?P<email>{_EMAIL})
  | (?P<user>@\w+)
  | (?P<hashtag>\#\w+)
  | (?P<emoticon>{_EMOTICON})
  | (?P<word>{_WORD})
  | (?P<emoji>(?:{_EMOJI})+)
  | (?P<ending>[!?]+)
  | (?P<ellipsis>\.\.+|\u2026)
  | (?P<ampersand>&)
    """,
    re.VERBOSE,
)

ENTITY = re.compile(r"&(?:#[0-9]{1,7}|#[xX][0-9a-fA-F]{1,6}|[A-Za-z][A-Za-z0-9]{1,31});")
# A character three times or more, or two characters so (hahahaha).
REPEATED = re.compile(r"(.)\1{2,}")
REPEATED_PAIR = re.compile(r"(.{2})\1{2,}")
REPETITION = re.compile(r"(.)\1\1|(..)\2\2")
# Parts of a hashtag written in camel case, with runs of capitals and of digits.
CAMEL_PART = re.compile(r"[A-Z]?[a-z]+|[A-Z]+(?![a-z])|[0-9]+|[^\W_]")
