"""The concepts of concepts.json, and captions for them.

K is the number of concepts, C the number of those that are classes; the classes come first.
"""
import json
import os
import random

import torch

HERE = os.path.dirname(os.path.abspath(__file__))

CAPTION_TEMPLATES = [
    'a photo of a {}.',
    'a photo of a {}',
    '{}',
    'a {}',
    'a picture of a {}',
    'an image of a {}',
    'a photo of the {}.',
    'a close-up photo of a {}.',
    'a low resolution photo of a {}.',
    'a good photo of a {}.',
    'a bad photo of a {}.',
    'a blurry photo of a {}.',
    'a photo of a small {}.',
    'a photo of a large {}.',
    'a photo of one {}.',
    'photo of {}',
    'the {}',
    'a cropped photo of a {}.',
    'a bright photo of a {}.',
    'a dark photo of a {}.',
]


class Concepts:
    """Classes, what is true of them, and their words.

    concept_count   K
    class_count     C
    positive        [C, K] bool: is the concept the class, or above it?
    known           [C, C] bool: false where the column's class lies below the row's, so that an
                    image of the row's class may or may not show it
    label_to_class  {data set: the class of each label, int64}
    """

    def __init__(self, device, folder=HERE):
        with open(os.path.join(folder, 'concepts.json'), encoding='utf-8') as file:
            content = json.load(file)
        self.words = [content['lemmas'][synset] for synset in content['concepts']]
        self.concept_count, self.class_count = len(content['concepts']), content['classes']
        positive = torch.zeros(self.class_count, self.concept_count, dtype=torch.bool)
        known = torch.ones(self.class_count, self.class_count, dtype=torch.bool)
        for i, concepts in enumerate(content['positive']):
            positive[i, concepts] = True
        for i, classes in enumerate(content['unknown']):
            known[i, classes] = False
        self.positive, self.known = positive.to(device), known.to(device)
        self.label_to_class = {name: torch.tensor(classes)
                               for name, classes in content['datasets'].items()}

    def label_names(self, dataset):
        """Return the name of each label of a data set: the first word of its class."""
        return [self.words[i][0] for i in self.label_to_class[dataset].tolist()]

    def sample_caption(self, concept):
        """Return a random template with a random word of the concept."""
        return random.choice(CAPTION_TEMPLATES).format(random.choice(self.words[concept]))
