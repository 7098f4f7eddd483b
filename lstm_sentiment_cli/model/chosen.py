"""How a tuned model was chosen, in words: for its card, and for who has just tuned it."""

from collections.abc import Mapping

_PROPOSERS = {
    "bayesian": "Bayesian optimisation",
    "random": "random search",
    "grid": "a grid",
}
_OBJECTIVES = {"log_loss": "lowest mean log loss", "accuracy": "highest mean accuracy"}
_LOWER = "lower, beyond what chance would do"
_HIGHER = "higher, beyond what chance would do"
_VERDICTS = {
    "better": "That is better, beyond what chance would do.",
    "worse": "That is worse, beyond what chance would do: the reference is the better choice.",
    "a tie": "That is a tie: so small a difference may be chance.",
}


def how_chosen(search: object) -> list[str]:
    """Return sentences from the facts of provenance["search"]; what is not known is left out.

    Nothing but numbers and words of our own comes out, whatever the facts hold.
    """
    if not isinstance(search, Mapping):
        return []
    return list(filter(None, [_trials(search), _scores(search), *_comparison(search)]))


def _trials(search: Mapping[str, object]) -> str:
    trials, folds = _count(search.get("complete")), _count(search.get("folds"))
    proposer = _PROPOSERS.get(str(search.get("algorithm")))
    objective = _OBJECTIVES.get(str(search.get("objective")))
    if not (trials and folds and proposer and objective):
        return ""
    if trials == "1":
        return f"The only complete trial was chosen, trained on {folds} folds."
    return (
        f"Of {trials} complete trials, proposed by {proposer} (Keras Tuner) and each trained on "
        f"{folds} folds, the one of the {objective} was chosen."
    )


def _scores(search: Mapping[str, object]) -> str:
    score, of_reference = _mean(search.get("score")), _mean(search.get("reference_score"))
    if not score:
        return ""
    if search.get("trial") == search.get("reference"):
        return f"It is the reference network itself, with {score}: no trial was better."
    other = f", the reference {of_reference}" if of_reference else ""
    return (
        f"Trial {_count(search.get('trial')) or '-'} had {score}{other}: mean and standard "
        "deviation over the folds, which were used for choosing and so flatter the winner."
    )


def _comparison(search: Mapping[str, object]) -> list[str]:
    facts = search.get("comparison")
    if facts is None:
        return ["Nothing was held out: no rows tell whether it is better than the reference."]
    if not isinstance(facts, Mapping):
        return []
    rows, accuracy = _count(facts.get("rows")), _interval(facts.get("accuracy"))
    if not (rows and accuracy):
        return []
    measured = f"On {rows} rows that no trial saw its accuracy was {accuracy}"
    others, difference = (_interval(facts.get(key)) for key in ("reference_accuracy", "difference"))
    p, verdict = facts.get("p"), _VERDICTS.get(str(facts.get("verdict")))
    if not (others and difference and verdict and isinstance(p, int | float)):
        return [f"{measured}."]
    said = (
        f"{measured}, the reference's {others}: a difference of {difference}, "
        f"McNemar's p {_p(p)}. {verdict}"
    )
    return [said, *_log_losses(facts)]


def _log_losses(facts: Mapping[str, object]) -> list[str]:
    names = ("log_loss", "reference_log_loss", "log_loss_difference")
    ours, others, difference = (_interval(facts.get(name)) for name in names)
    match facts.get("log_loss_difference"):
        case {"high": int() | float() as high} if high < 0:
            verdict = _LOWER
        case {"low": int() | float() as low} if low > 0:
            verdict = _HIGHER
        case _:
            verdict = "which may be chance"
    if not (ours and others and difference):
        return []
    return [
        f"Its log loss on them was {ours}, the reference's {others}: "
        f"a difference of {difference}, {verdict}."
    ]


def _count(value: object) -> str:
    return f"{value:,}" if isinstance(value, int) and not isinstance(value, bool) else ""


def _mean(value: object) -> str:
    """Return {"mean": 0.4512, "deviation": 0.0031} as 0.4512 ± 0.0031."""
    match value:
        case {"mean": int() | float() as mean, "deviation": int() | float() as deviation}:
            return f"{mean:.4f} ± {deviation:.4f}"
        case _:
            return ""


def _interval(value: object) -> str:
    match value:
        case {
            "value": int() | float() as share,
            "low": int() | float() as low,
            "high": int() | float() as high,
        }:
            return f"{share:.3f} ({low:.3f} to {high:.3f})"
        case _:
            return ""


def _p(p: float) -> str:
    return f"{p:.2g}" if p >= 0.001 else "below 0.001"
