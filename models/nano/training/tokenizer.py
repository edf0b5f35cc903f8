"""CLIP's byte-pair encoding, for the vocabulary that vocab.py learned.

Sources: Sennrich, Haddow and Birch, "Neural Machine Translation of Rare Words with Subword Units"
(arXiv:1508.07909); OpenAI's clip/simple_tokenizer.py, whose file format and end-of-word mark these
are. The pattern knows ASCII letters and digits only, which is all that the captions hold.
"""
import json
import os
import re

HERE = os.path.dirname(os.path.abspath(__file__))
START_OF_TEXT, END_OF_TEXT = '<|startoftext|>', '<|endoftext|>'
END_OF_WORD = '</w>'
CONTEXT_LENGTH = 77
WORD_PATTERN = re.compile(r"'s|'t|'re|'ve|'m|'ll|'d|[a-z]+|[0-9]|[^\sa-z0-9]+")


def bytes_to_unicode():
    """Return {byte: printable character}, so that any byte can stand in a JSON or text file.

    Printable Latin-1 bytes stand for themselves; the others get the characters from 256 on.
    """
    printable = [*range(33, 127), *range(161, 173), *range(174, 256)]
    others = [byte for byte in range(256) if byte not in printable]
    characters = {byte: chr(byte) for byte in printable}
    characters.update({byte: chr(256 + i) for i, byte in enumerate(others)})
    return characters


def word_to_symbols(word, byte_characters):
    """Spell a word as one symbol a byte, the last one marked as the end of the word."""
    symbols = [byte_characters[byte] for byte in word.encode()]
    symbols[-1] += END_OF_WORD
    return symbols


def merge_pair(symbols, pair):
    """Join each occurrence of `pair`, from left to right, into one symbol."""
    merged, i = [], 0
    while i < len(symbols):
        if i + 1 < len(symbols) and (symbols[i], symbols[i + 1]) == pair:
            merged.append(pair[0] + pair[1])
            i += 2
        else:
            merged.append(symbols[i])
            i += 1
    return merged


class Tokenizer:
    """Text to token ids; `vocab` is {symbol: id}, `merges` the list of pairs, best first."""

    def __init__(self, folder=HERE):
        with open(os.path.join(folder, 'vocab.json'), encoding='utf-8') as file:
            self.vocab = json.load(file)
        with open(os.path.join(folder, 'merges.txt'), encoding='utf-8') as file:
            lines = file.read().split('\n')[1:]                     # the first is a version
        self.merges = [tuple(line.split()) for line in lines if line]
        self.start_id = self.vocab[START_OF_TEXT]
        self.end_id = self.vocab[END_OF_TEXT]
        self._ranks = {pair: rank for rank, pair in enumerate(self.merges)}
        self._byte_characters = bytes_to_unicode()
        self._known_words = {}

    def _encode_word(self, word):
        if word not in self._known_words:
            symbols = word_to_symbols(word, self._byte_characters)
            while len(symbols) > 1:
                best = min(zip(symbols, symbols[1:]), key=lambda p: self._ranks.get(p, 1e9))
                if best not in self._ranks:
                    break
                symbols = merge_pair(symbols, best)
            self._known_words[word] = [self.vocab[symbol] for symbol in symbols]
        return self._known_words[word]

    def encode(self, text):
        """Return [start, ..., end], at most 77 ids: a longer text is cut before the end token."""
        words = WORD_PATTERN.findall(' '.join(text.lower().split()))
        ids = [token for word in words for token in self._encode_word(word)]
        return [self.start_id] + ids[:CONTEXT_LENGTH - 2] + [self.end_id]

    def encode_batch(self, texts, min_length=0):
        """Return equally long lists, filled with the end token: the longest text's length, or
        `min_length` where that is longer."""
        rows = [self.encode(text) for text in texts]
        length = max(min_length, max(map(len, rows)))
        return [row + [self.end_id] * (length - len(row)) for row in rows]
