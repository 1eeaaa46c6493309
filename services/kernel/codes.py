"""National codes and their check digits: organisations, projects, items of government service, certificates.

Which digit means what is told by docs/domain.md §6. What is not known of a standard, such as the check digit of project
codes, is not guessed: of those the form is checked and no more.
"""

import re
from typing import Final

_CREDIT_ALPHABET: Final = "0123456789ABCDEFGHJKLMNPQRTUWXY"
_CREDIT_WEIGHTS: Final = (1, 3, 9, 27, 19, 26, 16, 17, 20, 29, 25, 13, 8, 24, 10, 30, 28)
_CREDIT_CODE: Final = re.compile(f"[{_CREDIT_ALPHABET}]{{18}}")

_PROJECT: Final = re.compile(r"\d{2}(0[1-9]|1[0-2])-(\d{6})-\d{2}-\d{2}-\d{6}", re.ASCII)
_PROJECT_BEFORE_2020: Final = re.compile(r"20\d{2}-(\d{6})-\d{2}-0[1-3]-\d{6}", re.ASCII)

_ITEM: Final = re.compile(r"([0-9A-Z]{18})([1-5])([0-9A-Z]{12})(\d{2})?", re.ASCII)
_REGION: Final = re.compile(r"[1-8]\d{5}", re.ASCII)

_CERTIFICATE: Final = re.compile(
    r"1\.2\.156\.3005\.2\.([0-9A-Z]{21})\.([0-9A-Z]{6,18})\.([0-9A-Z]{1,40})\.(\d{3})\.([0-9A-Z])"
)
_MOD_36: Final = "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZ"


def is_credit_code(text: str) -> bool:
    """Whether this is a well-formed unified social credit code (统一社会信用代码, GB 32100-2015)."""
    if not _CREDIT_CODE.fullmatch(text):
        return False
    total = sum(w * _CREDIT_ALPHABET.index(c) for w, c in zip(_CREDIT_WEIGHTS, text, strict=False))
    return text[17] == _CREDIT_ALPHABET[-total % 31]


def is_region(text: str) -> bool:
    """Whether this is formed like a region's code (行政区划代码, GB/T 2260); it is not looked up."""
    return _REGION.fullmatch(text) is not None


def is_project_code(text: str) -> bool:
    """Whether this is formed like a project's code (投资项目代码, GB/T 40058-2021), or like one before 2020."""
    found = _PROJECT.fullmatch(text)
    region = found[2] if found else (before[1] if (before := _PROJECT_BEFORE_2020.fullmatch(text)) else "")
    return is_region(region)


def is_item_code(text: str) -> bool:
    """Whether this is the code of an organ's item (实施编码, 31, or 业务办理项编码, 33; GB/T 39554.1)."""
    found = _ITEM.fullmatch(text)
    return found is not None and is_credit_code(found[1])


def is_certificate_identifier(text: str) -> bool:
    """Whether this is an electronic certificate's identifier (电子证照标识, GB/T 36904-2018)."""
    found = _CERTIFICATE.fullmatch(text)
    return found is not None and check_37_36("".join(found.groups()[:4])) == found[5]


def check_37_36(text: str) -> str:
    """The check character of digits and capital letters (ISO/IEC 7064, MOD 37,36)."""
    left = 36
    for sign in text:
        left = (left + _MOD_36.index(sign)) % 36 or 36
        left = left * 2 % 37
    return _MOD_36[(37 - left) % 36]
