from modelshelf.core.plan import Finding, FindingKind, Weight


def test_a_finding_blocks_for_good_unless_it_says_otherwise():
    finding = Finding(FindingKind.COLLECTION, Weight.BLOCKER, "Collection “c” uses it")
    assert finding.as_json() == {
        "kind": "collection",
        "weight": "blocker",
        "sentence": "Collection “c” uses it",
        "reason": "",
        "subject": "",
        "overridable": False,
    }


def test_a_finding_reads_as_sentences_wherever_its_parts_end():
    for sentence in ("It is in use", "It is in use."):
        bare = Finding(FindingKind.PROCESS, Weight.BLOCKER, sentence)
        assert bare.text == "It is in use."
        reasoned = Finding(FindingKind.PROCESS, Weight.BLOCKER, sentence, "train.py, since 14:02")
        assert reasoned.text == "It is in use. train.py, since 14:02."
