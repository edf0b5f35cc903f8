"""Learn a CLIP-style byte-pair vocabulary from WordNet's noun lemmas and glosses.

    python3 vocab.py 8192

Writes vocab.json and merges.txt, in OpenAI's CLIP format, to the current folder. The ids are: 256
bytes, the same 256 with the end-of-word mark, one a merge, then the start and end of text.

Source: Sennrich, Haddow and Birch (arXiv:1508.07909). Pairs are kept in a heap whose counts may be
out of date; an entry is checked when it is taken, and put back with its real count.
"""
import argparse
import collections
import heapq
import json

from tokenizer import (END_OF_TEXT, END_OF_WORD, START_OF_TEXT, WORD_PATTERN, bytes_to_unicode,
                       merge_pair, word_to_symbols)
from wordnet import read_noun_synsets

PROMPT_WORDS = ['a', 'photo', 'of', 'the', 'picture', 'an', 'image', 'drawing', 'black', 'and',
                'white', 'close', 'up', 'bad', 'good', 'small', 'large']
PROMPT_WORD_COUNT = 20000               # added, so that each word of a prompt becomes one token
MIN_WORD_COUNT = 3


def count_words():
    """Count the words of all lemmas and glosses."""
    counts = collections.Counter()
    for synset in read_noun_synsets().values():
        for lemma in synset['lemmas']:
            counts.update(WORD_PATTERN.findall(lemma))
        counts.update(WORD_PATTERN.findall(synset['gloss'].lower()))
    counts.update(dict.fromkeys(PROMPT_WORDS, PROMPT_WORD_COUNT))
    return counts


class PairCounts:
    """How often each pair of neighbouring symbols occurs in the corpus, and in which words."""

    def __init__(self, word_counts, byte_characters):
        self.word_counts = {w: n for w, n in word_counts.items() if n >= MIN_WORD_COUNT}
        self.spellings = {w: word_to_symbols(w, byte_characters) for w in self.word_counts}
        self.counts = collections.Counter()
        self.words_with = collections.defaultdict(set)
        for word in self.word_counts:
            self._add(word)
        self._heap = [(-count, pair) for pair, count in self.counts.items()]
        heapq.heapify(self._heap)

    def _add(self, word):
        pairs = list(zip(self.spellings[word], self.spellings[word][1:]))
        for pair in pairs:
            self.counts[pair] += self.word_counts[word]
            self.words_with[pair].add(word)
        return pairs

    def _remove(self, word):
        pairs = list(zip(self.spellings[word], self.spellings[word][1:]))
        for pair in pairs:
            self.counts[pair] -= self.word_counts[word]
        return pairs

    def pop_most_frequent(self):
        """Return the most frequent pair; of equals, the first in the order of strings."""
        while True:
            negative_count, pair = heapq.heappop(self._heap)
            count = self.counts.get(pair, 0)
            if count == -negative_count:
                return pair
            if count > 0:
                heapq.heappush(self._heap, (-count, pair))

    def merge(self, pair):
        """Join `pair` in every word, and count the pairs of those words anew."""
        touched = set()
        for word in list(self.words_with[pair]):
            touched.update(self._remove(word))
            self.spellings[word] = merge_pair(self.spellings[word], pair)
            touched.update(self._add(word))
        for other in touched:
            if self.counts[other] > 0:
                heapq.heappush(self._heap, (-self.counts[other], other))
        del self.counts[pair]


def learn_merges(word_counts, byte_characters, count):
    """Return the `count` merges, the most frequent pair of each moment first."""
    pairs = PairCounts(word_counts, byte_characters)
    merges = []
    while len(merges) < count:
        merges.append(pairs.pop_most_frequent())
        pairs.merge(merges[-1])
    return merges


def main():
    parser = argparse.ArgumentParser(description='Learn a byte-pair vocabulary from WordNet.')
    parser.add_argument('size', type=int, help='number of tokens, the 514 fixed ones included')
    size = parser.parse_args().size
    byte_characters = bytes_to_unicode()
    base = list(byte_characters.values())
    merges = learn_merges(count_words(), byte_characters, size - 2 * len(base) - 2)
    vocab = base + [symbol + END_OF_WORD for symbol in base]
    vocab += [first + second for first, second in merges] + [START_OF_TEXT, END_OF_TEXT]
    with open('vocab.json', 'w', encoding='utf-8') as file:
        json.dump({symbol: i for i, symbol in enumerate(vocab)}, file, ensure_ascii=False)
    with open('merges.txt', 'w', encoding='utf-8') as file:
        file.write('#version: 0.2\n' + ''.join(f'{a} {b}\n' for a, b in merges))
    print(len(vocab), merges[:10], merges[-5:])


if __name__ == '__main__':
    main()
