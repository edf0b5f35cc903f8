"""Read the nouns of WordNet 3.0 from its text files.

Source: WordNet 3.0, Princeton University (Debian package wordnet-base); the file format is in its
manual page wndb(5WN). A synset (a sense shared by some words) is named as ImageNet names it: "n"
and its eight-digit offset in data.noun, for example n02084071 for "dog".
"""
import os

WORDNET_FOLDER = '/usr/share/wordnet'


def _records(file_name):
    """Yield the lines of a WordNet file without its licence, whose lines start with two spaces."""
    with open(os.path.join(WORDNET_FOLDER, file_name), encoding='utf-8') as file:
        for line in file:
            if not line.startswith('  '):
                yield line


def read_noun_synsets():
    """Return {synset: {'lemmas': [word], 'gloss': text, 'hypernyms': [synset]}}, in file order.

    A line is: offset, file number, type, number of words (hexadecimal), then two fields a word,
    the number of pointers, four fields a pointer (symbol, offset, part of speech, source/target),
    and after a bar the gloss. A lemma is lower-cased, with spaces for underscores.
    """
    synsets = {}
    for line in _records('data.noun'):
        head, gloss = line.split(' | ', 1)
        fields = head.split()
        word_count = int(fields[3], 16)
        words = fields[4:4 + 2 * word_count:2]
        pointer_count = int(fields[4 + 2 * word_count])
        first_pointer = 5 + 2 * word_count
        pointers = [fields[i:i + 3]
                    for i in range(first_pointer, first_pointer + 4 * pointer_count, 4)]
        synsets['n' + fields[0]] = {
            'lemmas': [word.replace('_', ' ').split('(')[0].lower() for word in words],
            'gloss': gloss.strip(),
            'hypernyms': ['n' + offset for symbol, offset, part_of_speech in pointers
                          if symbol in ('@', '@i') and part_of_speech == 'n'],
        }
    return synsets


def read_noun_senses():
    """Return {lemma: [synset]}, the most frequent sense first; lemmas keep their underscores."""
    senses = {}
    for line in _records('index.noun'):
        fields = line.split()
        sense_count = int(fields[2])
        senses[fields[0]] = ['n' + offset for offset in fields[-sense_count:]]
    return senses
