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
