"""Personal data at rest: readable only with the key, and only where it was put."""

import pytest

from services.kernel.seals import SealBroken, Seals

SECRET = "x" * 40
OTHER = "y" * 40
PHONE = "13800000000"


def seals(text: str = SECRET, service: str = "notify") -> Seals:
    return Seals.of(text, service=service)


def test_what_was_sealed_opens_in_its_place() -> None:
    sealed = seals().seal(PHONE, place="case-1.phone")

    assert seals().open(sealed, place="case-1.phone") == PHONE
    assert PHONE not in sealed


def test_the_same_text_is_sealed_differently_each_time() -> None:
    assert seals().seal(PHONE, place="a") != seals().seal(PHONE, place="a")


def test_a_value_copied_to_another_place_does_not_open() -> None:
    sealed = seals().seal(PHONE, place="case-1.phone")

    with pytest.raises(SealBroken, match=r"case-2\.phone"):
        seals().open(sealed, place="case-2.phone")


def test_a_new_key_seals_and_the_old_one_still_opens() -> None:
    sealed = seals(SECRET).seal(PHONE, place="a")
    both = seals(f"{OTHER}, {SECRET}")

    assert both.open(sealed, place="a") == PHONE
    with pytest.raises(SealBroken, match="GUIHUA_FIELD_KEYS"):
        seals(OTHER).open(sealed, place="a")
    with pytest.raises(SealBroken):
        seals(SECRET).open(both.seal(PHONE, place="a"), place="a")


def test_one_secret_given_to_two_services_opens_nothing_of_the_other() -> None:
    sealed = seals(service="notify").seal(PHONE, place="a")

    with pytest.raises(SealBroken):
        seals(service="intake").open(sealed, place="a")


def test_a_value_that_also_needs_a_secret_opens_with_it_only() -> None:
    sealed = seals().with_secret("request-1").seal("K7MQ2PXA", place="a")

    assert seals().with_secret("request-1").open(sealed, place="a") == "K7MQ2PXA"
    for wrong in (seals().with_secret("request-2"), seals()):
        with pytest.raises(SealBroken):
            wrong.open(sealed, place="a")


def test_a_fingerprint_tells_equal_from_different_and_needs_the_key() -> None:
    assert seals().fingerprint(PHONE) == seals().fingerprint(PHONE)
    assert seals().fingerprint(PHONE) != seals(OTHER).fingerprint(PHONE)


@pytest.mark.parametrize("text", ["", "short", f"{SECRET},short"])
def test_a_key_that_can_be_guessed_is_refused(text: str) -> None:
    with pytest.raises(ValueError, match="至少 32 个字符"):
        seals(text)


@pytest.mark.parametrize("keys", [(), (b"short",)])
def test_keys_must_be_there_and_of_full_length(keys: tuple[bytes, ...]) -> None:
    with pytest.raises(ValueError, match="32 bytes"):
        Seals(keys, service="notify")


def test_a_piece_of_a_file_opens_in_its_place_and_nowhere_else() -> None:
    sealed = seals().seal_bytes(b"\x00scan", place="file/1/0")

    assert seals().open_bytes(sealed, place="file/1/0") == b"\x00scan"
    with pytest.raises(SealBroken):
        seals().open_bytes(sealed, place="file/1/1")
    with pytest.raises(SealBroken):
        seals(OTHER).open_bytes(sealed, place="file/1/0")
