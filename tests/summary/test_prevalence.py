import numpy as np
import pytest

from lstm_sentiment_cli.summary.prevalence import Bins, Unknown, interval, shares


def drawn_texts(chance, labels, texts, truth, apart=2.0):
    """Probabilities (n, labels) of an honest model at equal shares, of texts at other shares."""
    gold = chance.choice(labels, texts, p=truth)
    # Of normal densities with deviation 1, each moved along its own axis, this is the posterior.
    seen = chance.normal(0, 1, (texts, labels))
    seen[np.arange(texts), gold] += apart
    likelihoods = np.exp(apart * seen)
    return gold, likelihoods / likelihoods.sum(axis=1, keepdims=True)


def histogram(probabilities):
    bins = Bins(probabilities.shape[1])
    found, counts = np.unique(bins.of(probabilities), return_counts=True)
    return counts[np.newaxis], bins.centres(found)


def by_the_paper(probabilities, steps=20_000):
    """Saerens et al. (2002), text by text: equations 2.1 and 2.2, from equal priors."""
    labels = probabilities.shape[1]
    before = np.full(labels, 1 / labels)
    for _ in range(steps):
        weighted = probabilities * (before / (1 / labels))
        after = (weighted / weighted.sum(axis=1, keepdims=True)).mean(axis=0)
        if np.abs(after - before).max() < 1e-9:
            break
        before = after
    return before


# What the width of bins may cost; more labels have wider ones.
NEAR = {2: 0.003, 3: 0.01, 4: 0.02}


@pytest.mark.parametrize("labels", [2, 3, 4])
@pytest.mark.parametrize("seed", range(8))
def test_a_share_is_that_of_the_paper_found_text_by_text(labels, seed):
    chance = np.random.default_rng(seed)
    truth = chance.dirichlet(np.ones(labels))
    _, probabilities = drawn_texts(chance, labels, int(chance.integers(20, 2000)), truth)

    found = shares(*histogram(probabilities), known=0)[0]

    assert found == pytest.approx(by_the_paper(probabilities), abs=NEAR[labels])


@pytest.mark.parametrize("labels", [2, 3, 4])
def test_a_share_is_that_of_quapy(labels):
    quantification = pytest.importorskip("quapy.method.aggregative")
    chance = np.random.default_rng(labels)
    _, probabilities = drawn_texts(chance, labels, 800, chance.dirichlet(np.ones(labels)))

    expected, _ = quantification.EMQ.EM(np.full(labels, 1 / labels), probabilities, epsilon=1e-9)

    found = shares(*histogram(probabilities), known=0)[0]
    assert found == pytest.approx(expected, abs=NEAR[labels])


@pytest.mark.parametrize("truth", [0.05, 0.3, 0.9])
def test_a_share_is_nearer_than_counting_where_the_true_one_is_uneven(truth):
    chance = np.random.default_rng(3)
    _, probabilities = drawn_texts(chance, 2, 20_000, [truth, 1 - truth], apart=1.0)

    estimate = shares(*histogram(probabilities), known=0)[0, 0]
    counted = (probabilities.argmax(axis=1) == 0).mean()

    assert abs(estimate - truth) < 0.02
    assert abs(counted - truth) > 2 * abs(estimate - truth)


def test_what_the_words_of_a_topic_told_already_is_not_counted_twice():
    """All known gives the mean of the probabilities; less of it moves away from equal shares."""
    chance = np.random.default_rng(4)
    _, probabilities = drawn_texts(chance, 2, 5000, [0.2, 0.8], apart=1.0)
    counts, log_odds = histogram(probabilities)

    found = [shares(counts, log_odds, known=known)[0, 0] for known in (0, 0.3, 0.6, 1)]

    assert found == sorted(found)
    assert found[0] == pytest.approx(0.2, abs=0.03)
    assert found[-1] == pytest.approx(probabilities[:, 0].mean(), abs=0.002)


def test_cells_are_estimated_side_by_side_and_one_without_texts_has_no_share():
    chance = np.random.default_rng(0)
    _, probabilities = drawn_texts(chance, 2, 500, [0.7, 0.3])
    counts, log_odds = histogram(probabilities)
    cells = np.concatenate([counts, np.zeros_like(counts), 3 * counts])

    found = shares(cells, log_odds)

    assert np.isnan(found[1]).all()
    assert found[[0, 2]] == pytest.approx(np.repeat(shares(counts, log_odds), 2, axis=0))


@pytest.mark.parametrize("labels", [2, 3, 5, 12])
def test_the_middle_of_a_bin_is_in_the_bin(labels):
    bins = Bins(labels)
    numbers = np.random.default_rng(0).integers(0, bins.count, 1000)

    centres = bins.centres(numbers)

    assert bins.count <= 2**20
    assert (bins.at(centres[:, :-1]) == numbers).all()
    assert (centres[:, -1] == 0).all()


def test_answers_of_two_labels_are_on_different_sides_of_a_border():
    bins = Bins(2)
    just_above, just_below = bins.of(np.array([[0.5001, 0.4999], [0.4999, 0.5001]]))

    assert (
        bins.centres(np.array([just_above]))[0, 0] > 0 > bins.centres(np.array([just_below]))[0, 0]
    )


@pytest.mark.parametrize("probabilities", [[1.0, 0.0], [0.0, 1.0], [1e-300, 1.0]])
def test_certainty_has_a_bin_too(probabilities):
    assert 0 <= Bins(2).of(np.array([probabilities]))[0] < Bins(2).count


@pytest.mark.parametrize(("texts", "truth"), [(50, 0.04), (50, 0.3), (200, 0.95), (1000, 0.5)])
def test_intervals_hold_the_truth_and_narrow_with_more_texts(texts, truth):
    chance = np.random.default_rng(1)
    held, widths = [], []
    for _ in range(60):
        _, probabilities = drawn_texts(chance, 2, texts, [truth, 1 - truth])
        unknown = Unknown.drawn(2, chance, 400)
        low, high = interval(unknown.shares(*histogram(probabilities), chance))
        held.append(low[0, 0] <= truth <= high[0, 0])
        widths.append(high[0, 0] - low[0, 0])

    assert np.mean(held) >= 0.93
    assert 0.01 < np.mean(widths) < 0.45


def test_texts_that_all_agree_leave_doubt_and_more_of_them_less():
    def highest(texts):
        counts, log_odds = np.array([[texts]]), Bins(2).centres(np.array([0]))
        chance = np.random.default_rng(0)
        return interval(Unknown.drawn(2, chance).shares(counts, log_odds, chance))[1][0, 0]

    # 3 / n, as the rule of three has it for answers that are never wrong.
    assert highest(10) == pytest.approx(0.28, abs=0.05)
    assert highest(100) == pytest.approx(0.036, abs=0.01)


def test_draws_are_the_same_each_time_and_those_of_a_part_are_the_first():
    counts, log_odds = np.array([[30, 5, 9]]), Bins(2).centres(np.array([20, 60, 110]))

    def draws(unknown):
        return unknown.shares(counts, log_odds, np.random.default_rng(5))

    unknown = Unknown.drawn(2, np.random.default_rng(4))

    assert (draws(unknown) == draws(Unknown.drawn(2, np.random.default_rng(4)))).all()
    assert unknown.first(10).slopes.tolist() == unknown.slopes[:10].tolist()
