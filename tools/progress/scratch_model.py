"""Small models from nothing, for machines with no hub: a BERT of ours, and a tokenizer trained on the data.

They are saved in the usual format, so that `AutoTokenizer` and `AutoModelForSequenceClassification` load them offline.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

from tools.progress.checkpoint import CheckpointRecord, LoadedModel
from tools.progress.libraries import library, transformers

_SPECIAL = ("[PAD]", "[UNK]", "[CLS]", "[SEP]", "[MASK]")


@dataclass(frozen=True, slots=True)
class ScratchSize:
    """The measures of a BERT."""

    hidden: int
    layers: int
    heads: int
    vocabulary: int


SIZES = {
    "tiny": ScratchSize(hidden=64, layers=2, heads=2, vocabulary=2000),
    "small": ScratchSize(hidden=256, layers=4, heads=4, vocabulary=8000),
}
"""About 0.3 and 5.5 million parameters."""


def scratch_model(size: str, texts: Iterable[str], max_length: int) -> LoadedModel:
    """An untrained model of one of `SIZES` for texts of up to `max_length` tokens; its tokenizer knows `texts`."""
    measures = SIZES[size]
    tokenizer = _tokenizer(texts, measures.vocabulary, max_length)
    package = transformers()
    config = package.BertConfig(
        vocab_size=len(tokenizer),
        hidden_size=measures.hidden,
        num_hidden_layers=measures.layers,
        num_attention_heads=measures.heads,
        intermediate_size=4 * measures.hidden,
        max_position_embeddings=max_length,
        pad_token_id=tokenizer.pad_token_id,
        num_labels=1,
        problem_type="regression",
    )
    return LoadedModel(package.BertForSequenceClassification(config), tokenizer, CheckpointRecord())


def _tokenizer(texts: Iterable[str], vocabulary: int, max_length: int) -> Any:
    """Byte-level BPE: Lean's symbols are many, and none of them is unknown to bytes."""
    tokenizers = library("tokenizers")
    made = tokenizers.Tokenizer(tokenizers.models.BPE(unk_token="[UNK]"))
    made.pre_tokenizer = tokenizers.pre_tokenizers.ByteLevel(add_prefix_space=False)
    made.decoder = tokenizers.decoders.ByteLevel()
    trainer = tokenizers.trainers.BpeTrainer(
        vocab_size=vocabulary,
        special_tokens=list(_SPECIAL),
        initial_alphabet=tokenizers.pre_tokenizers.ByteLevel.alphabet(),
        show_progress=False,
    )
    made.train_from_iterator(texts, trainer)
    ends = [(token, made.token_to_id(token)) for token in ("[CLS]", "[SEP]")]
    made.post_processor = tokenizers.processors.TemplateProcessing(single="[CLS] $A [SEP]", special_tokens=ends)
    return transformers().PreTrainedTokenizerFast(
        tokenizer_object=made,
        model_max_length=max_length,
        pad_token="[PAD]",
        unk_token="[UNK]",
        cls_token="[CLS]",
        sep_token="[SEP]",
        mask_token="[MASK]",
    )
