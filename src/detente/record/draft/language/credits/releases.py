"""Whose data a text speaks of: *the figures that the office released*, *datos publicados este lunes por el banco*."""

from __future__ import annotations

import re

from detente.record.draft.language.credits.phrases import TOKEN, Token, forward

_THAT_IT_RELEASED = re.compile(
    r",?\s(?:that|which|que)\s(?P<who>(?!was\b|were\b|fue)[^,.;:]{3,90}?)\s(?:dio|dieron|da|publicó|difundió|divulgó|presentó|entregó|released|published"
    r"|issued|gave|provided|reported|has|ha)\b"
)
_RELEASED_BY = re.compile(
    r"(?:,?\s(?:(?:que|which|that)\s(?:was|were|fue|fueron)\s)?(?:released|published|issued|compiled|provided|collected|gathered|supplied"
    r"|presented|obtained|quoted|reported|cited|(?:public|divulg|recopil|present|elabor|entreg|suministr|proporcion|report|inform)ad[oa]s?"
    r"|(?:difund|emit|ofrec|recog|obten)id[oa]s?|dad[oa]s?\sa\sconocer))?(?:\s[^,.;:]{1,30}?)?\s(?:by|por|from)\s"
)
_SUPPLIED = re.compile(
    r"(?:the\s)?(?:data|figures|statistics|numbers|information)\s(?:supplied|provided|given|released|submitted)(?:\sto\s[^,.;:]{2,50}?)?"
    r"\sby\s(?P<who>[^,.;:()]{3,90}?)(?=\s\(|\s(?:show|indicate|suggest|reveal|put)|$)",
    re.IGNORECASE,
)
_QUE_DIO = re.compile(
    r",?\sque\s(?:dio|dieron|da)\sa\sconocer\s|,?\sque\s(?:publicó|publica|difundió|divulgó|presentó|entregó|emitió|elaboró|maneja)\s"
)
_BARE = re.compile(
    r"(?:(?:the|its|las?|los|el|un[ao]?s?|an?|sus?)\s)?(?:(?:\w+\s){0,2}?(?:data|figures|statistics|numbers|information|reports?|study|bulletin)(?:\s(?:released|published|issued|compiled|provided))?"
    r"|(?:datos|cifras|estadísticas|números|información|informes?|reportes?|estudio|boletín)(?:\s(?:oficiales|preliminares|dad[oa]s\sa\sconocer|\w+[oa]s))?)",
    re.IGNORECASE,
)


def is_bare_data(text: str, source: tuple[int, int]) -> bool:
    """Whether a source is data without an owner: *the figures*."""
    return _BARE.fullmatch(text, *source) is not None


def who_released(text: str, source: tuple[int, int], language: str, until: int) -> tuple[int, int]:
    """Where the source is bare data, whoever made them known before ``until``; else the source as it is."""
    if not is_bare_data(text, source):
        return source
    if released := _THAT_IT_RELEASED.match(text, source[1], until):
        return released.span("who")
    if supplied := _SUPPLIED.match(text, source[0], until):
        return supplied.span("who")
    tokens = [Token(m.start(), m.end(), m.group()) for m in TOKEN.finditer(text, source[1], until)]
    for pattern in (_RELEASED_BY, _QUE_DIO):
        if released := pattern.match(text, source[1], until):
            return forward(text, tokens, released.end(), language) or source
    return source
