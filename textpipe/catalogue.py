"""Every stage, by the name that a definition uses.

A stage of someone else's package is found through an entry point of the group ``textpipe.stages``::

    [project.entry-points."textpipe.stages"]
    spell_out_emoji = "my_package.emoji:SpellOutEmoji"
"""

from __future__ import annotations

import importlib
from functools import cache
from importlib.metadata import EntryPoint, entry_points

from textpipe.errors import DefinitionError, ResourceError, nearest
from textpipe.stage import Stage

BUILT_IN = {
    # source -> text
    "mail_parts": "textpipe.signs.mail_parts:MailParts",
    "mail_headers": "textpipe.signs.mail_headers:MailHeaders",
    "html_tricks": "textpipe.signs.html_tricks:HtmlTricks",
    "urls": "textpipe.signs.urls:Urls",
    "clean_html": "textpipe.clean.clean_html:CleanHtml",
    "normalize_unicode": "textpipe.clean.normalize_unicode:NormalizeUnicode",
    "mask": "textpipe.clean.mask:Mask",
    "replace": "textpipe.clean.replace:Replace",
    "unicode_tricks": "textpipe.signs.unicode_tricks:UnicodeTricks",
    "obfuscation": "textpipe.signs.obfuscation:Obfuscation",
    # text -> tokens
    "tokenize": "textpipe.tokenize.tokenize:Tokenize",
    # tokens -> tokens
    "lowercase": "textpipe.normalize.lowercase:Lowercase",
    "remove_punctuation": "textpipe.normalize.remove_punctuation:RemovePunctuation",
    "remove_stop_words": "textpipe.normalize.remove_stop_words:RemoveStopWords",
    "length_filter": "textpipe.normalize.length_filter:LengthFilter",
    "tag_parts_of_speech": "textpipe.annotate.tag_parts_of_speech:TagPartsOfSpeech",
    "keep_parts_of_speech": "textpipe.normalize.keep_parts_of_speech:KeepPartsOfSpeech",
    "stem": "textpipe.normalize.stem:Stem",
    "lemmatize": "textpipe.normalize.lemmatize:Lemmatize",
    "n_grams": "textpipe.normalize.n_grams:NGrams",
    "character_n_grams": "textpipe.normalize.character_n_grams:CharacterNGrams",
    "phrases": "textpipe.normalize.phrases:Phrases",
    "mark_regions": "textpipe.normalize.mark_regions:MarkRegions",
    # tokens or text -> matrix
    "count": "textpipe.vectorize.count:Count",
    "tf_idf": "textpipe.vectorize.tf_idf:TfIdf",
    "bm25": "textpipe.vectorize.bm25:Bm25",
    "hashing": "textpipe.vectorize.hashing:Hashing",
    "word2vec": "textpipe.vectorize.word2vec:Word2Vec",
    "fasttext": "textpipe.vectorize.fasttext:Fasttext",
    "pretrained_vectors": "textpipe.vectorize.pretrained_vectors:PretrainedVectors",
    "text_shape": "textpipe.vectorize.text_shape:TextShape",
    "signs": "textpipe.vectorize.signs:Signs",
    "union": "textpipe.vectorize.union:Union",
    "reduce_dimensions": "textpipe.vectorize.reduce_dimensions:ReduceDimensions",
    "weigh_by_label": "textpipe.vectorize.weigh_by_label:WeighByLabel",
    "stretch_by_label": "textpipe.vectorize.stretch_by_label:StretchByLabel",
    # matrix -> decisions
    "knn_classifier": "textpipe.classify.knn_classifier:KnnClassifier",
    "knn_regressor": "textpipe.classify.knn_regressor:KnnRegressor",
    "linear_svc": "textpipe.classify.linear_svc:LinearSvc",
    "logistic_regression": "textpipe.classify.logistic_regression:LogisticRegression",
    "complement_nb": "textpipe.classify.complement_nb:ComplementNb",
    "nearest_centroid": "textpipe.classify.nearest_centroid:NearestCentroid",
}


@cache
def _third_party() -> dict[str, EntryPoint]:
    return {point.name: point for point in entry_points(group="textpipe.stages")}


def names() -> list[str]:
    """Every name that a definition may use, ours first, in the order of a text's way."""
    return [*BUILT_IN, *(name for name in sorted(_third_party()) if name not in BUILT_IN)]


def stage_class(name: str) -> type[Stage]:
    """The class behind a name. Raises DefinitionError for an unknown one, with the nearest known."""
    if name in BUILT_IN:
        module, _, cls = BUILT_IN[name].partition(":")
        found = getattr(importlib.import_module(module), cls)
    elif name in _third_party():
        point = _third_party()[name]
        try:
            found = point.load()
        except Exception as error:  # whatever another package raises while it is imported
            raise ResourceError(
                f'stage "{name}" comes from {point.value}, which cannot be imported: {error}'
            ) from error
    else:
        raise DefinitionError(
            f'unknown stage "{name}".{nearest(name, names())} "textpipe stages" lists all.'
        )
    if not (isinstance(found, type) and issubclass(found, Stage)):
        raise DefinitionError(
            f'stage "{name}" is {found!r}, which is no subclass of textpipe.Stage'
        )
    return found


def name_of(stage: Stage) -> str:
    """The name by which a definition would call this stage.

    Raises DefinitionError if it is in no catalogue: then it cannot be written to a file.
    """
    cls = type(stage)
    address = f"{cls.__module__}:{cls.__qualname__}"
    for name, known in BUILT_IN.items():
        if known == address:
            return name
    for name, point in _third_party().items():  # which may name a module that only passes it on
        if name not in BUILT_IN and point.attr == cls.__qualname__ and stage_class(name) is cls:
            return name
    raise DefinitionError(
        f"{cls.__qualname__} is not in the catalogue, so that a definition or a bundle cannot name it: "
        f'add the entry point {cls.name()} = "{address}" to the group "textpipe.stages" of your package'
    )
