"""Is this a word? Asked before a disguised one is believed to be one."""

from __future__ import annotations

from functools import cache, lru_cache

# What senders of spam disguise most, dictionaries have it or not: goods, brands, baits.
_DISGUISED = """
viagra cialis levitra xanax valium ambien tramadol phentermine vicodin hydrocodone oxycontin codeine
soma meds med drug drugs pill pills pharmacy pharmacies prescription prescriptions apotheke rezept
rezeptfrei potenzmittel penis enlargement erection orgasm porn porno pornos porns sex sexy sexual nude
nudes teen teens milf xxx escort adult dating casino casinos poker roulette jackpot lottery lotto
mortgage mortgages refinance loan loans kredit kredite credit debt cash money geld bargeld euro euros
dollar dollars million millions profit profits income invest investment stock stocks bitcoin bitcoins
crypto ethereum wallet free kostenlos gratis gewinn gewinne gewinner gewonnen win winner winners prize
bonus discount rabatt save sale sales offer offers angebot special super cheap buy order click here
replica replicas rolex watch watches software paypal amazon ebay netflix google microsoft apple facebook
instagram whatsapp telegram binance coinbase sparkasse postbank volksbank commerzbank visa mastercard
dhl fedex account accounts konto password passwort login verify bank urgent dringend
"""


@cache
def _disguised() -> frozenset[str]:
    return frozenset(_DISGUISED.split())


def is_disguised_often(word: str) -> bool:
    """Is this one of the words that senders of spam disguise most?

    >>> is_disguised_often("Viagra")
    True
    """
    return word.lower() in _disguised()


@lru_cache(maxsize=1 << 16)
def is_known(word: str, language: str) -> bool:
    """Is this a word of English, of ``language``, or one that is disguised often?

    simplemma's dictionary of a language is loaded when it is first asked (English 0.2 s, German 0.8 s).

    >>> is_known("Pharmacy", "en"), is_known("xqzzt", "en")
    (True, False)
    """
    if is_disguised_often(word):
        return True
    import simplemma

    lower = word.lower()
    if not lower.isalpha():
        return False
    for spoken in dict.fromkeys(("en", language)):
        try:
            if simplemma.is_known(lower, spoken):
                return True
        except ValueError:  # a language that simplemma has no words of
            continue
    return False
