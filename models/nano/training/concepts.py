"""Make concepts.json: the classes of the four data sets, what stands above them, and their words.

    python3 concepts.py

Reads wnids.json and caltech_names.json, and writes concepts.json, all in the current folder. Needs
WordNet 3.0 (Debian package wordnet-base). A concept is a WordNet synset. First come the classes, in
the order Tiny ImageNet, CIFAR-10, Caltech-101, scenes; then every hypernym of a class, without the
most general ones. The fields of concepts.json:

    classes    how many of the concepts are classes
    concepts   the synsets, by position
    lemmas     {synset: words}; the first names the class, and a word listed twice is drawn twice as
               often while training
    positive   for each class, the positions that are true of it: itself and its hypernyms
    unknown    for each class, the classes below it: an image labelled "dog" may show a chihuahua
    datasets   for each data set, the class of each of its labels
"""
import json

from wordnet import read_noun_senses, read_noun_synsets

MAX_LEMMA_LENGTH = 30

CIFAR10_WORDS = {                                   # synset: words, in the order of the labels
    'n02691156': ['airplane', 'airplane', 'aeroplane', 'plane'],
    'n02958343': ['automobile', 'car', 'auto', 'automobile', 'motorcar'],
    'n01503061': ['bird'],
    'n02121808': ['cat', 'cat', 'kitty', 'house cat', 'domestic cat'],
    'n02430045': ['deer', 'cervid'],
    'n02084071': ['dog', 'dog', 'puppy', 'domestic dog'],
    'n01639765': ['frog', 'toad frog', 'frog'],
    'n02374451': ['horse', 'horse', 'pony'],
    'n04194289': ['ship', 'ship', 'boat'],
    'n04490091': ['truck', 'truck', 'lorry', 'motortruck'],
}
SCENE_WORDS = {                                     # lemma: words, in the order of the labels
    'building': ['building', 'building', 'buildings', 'a row of buildings'],
    'forest': ['forest', 'forest', 'woods', 'woodland', 'trees in a forest'],
    'glacier': ['glacier', 'glacier', 'ice field'],
    'mountain': ['mountain', 'mountain', 'mountains', 'mount', 'mountain landscape'],
    'sea': ['sea', 'sea', 'ocean', 'the sea'],
    'street': ['street', 'street', 'city street', 'road'],
}
CALTECH_LEMMAS = {                                  # folder: lemma, where the two differ
    'Faces': 'face',
    'Faces_easy': 'face',
    'Leopards': 'leopard',
    'Motorbikes': 'motorcycle',
    'airplanes': 'airplane',
    'bass': 'freshwater_bass',
    'binocular': 'binoculars',
    'brontosaurus': 'apatosaur',
    'buddha': 'statue',
    'car_side': 'car',
    'ceiling_fan': 'electric_fan',
    'cellphone': 'cellular_telephone',
    'cougar_body': 'cougar',
    'cougar_face': 'cougar',
    'crocodile_head': 'crocodile',
    'flamingo_head': 'flamingo',
    'garfield': 'cartoon',
    'hawksbill': 'hawksbill_turtle',
    'headphone': 'earphone',
    'inline_skate': 'roller_skate',
    'panda': 'giant_panda',
    'rhino': 'rhinoceros',
    'sea_horse': 'seahorse',
    'snoopy': 'cartoon',
    'stegosaurus': 'stegosaur',
    'stop_sign': 'street_sign',
    'water_lilly': 'water_lily',
    'wild_cat': 'wildcat',
    'yin_yang': 'symbol',
}
CALTECH_WORDS = {                                   # folder: words that suit its images better
    'Faces': ['face', 'face', 'human face', "a person's face", 'person'],
    'buddha': ['statue', 'statue', 'buddha', 'sculpture'],
    'garfield': ['cartoon', 'cartoon', 'comic strip', 'drawing'],
    'stop_sign': ['stop sign', 'stop sign', 'traffic sign', 'street sign'],
    'yin_yang': ['symbol', 'yin yang', 'symbol', 'sign'],
}
SENSE_HINTS = {                                     # lemma: part of the gloss of the sense meant,
    'barrel': 'cylindrical',                        # where that is not the most frequent sense
    'beaver': 'rodent',
    'crayfish': 'small freshwater',
    'dalmatian': 'breed',
    'dolphin': 'small toothed',
    'emu': 'flightless',
    'face': 'front of the human head',
    'forest': 'large densely wooded area',
    'hedgehog': 'small nocturnal',
    'leopard': 'large feline',
    'lobster': 'crustacean',
    'nautilus': 'cephalopod',
    'octopus': 'bottom-living',
    'pyramid': 'monument',
    'schooner': 'sailing vessel',
    'scorpion': 'arachnid',
    'seahorse': 'small fish',
    'tick': 'parasitic arachnids',
    'wildcat': 'any small or medium-sized cat',
    'wrench': 'hand tool',
}
TOO_GENERAL = {
    'abstraction', 'artifact', 'attribute', 'causal agent', 'communication', 'entity', 'group',
    'instrumentality', 'living thing', 'location', 'matter', 'measure', 'object', 'organism',
    'part', 'physical entity', 'process', 'psychological feature', 'region', 'relation',
    'substance', 'thing', 'unit', 'whole',
}


def read_json(path):
    with open(path, encoding='utf-8') as file:
        return json.load(file)


def find_sense(lemma, senses, synsets):
    """Return the most frequent sense of `lemma` whose gloss has the lemma's hint, if it has one."""
    hint = SENSE_HINTS.get(lemma, '')
    return next(synset for synset in senses[lemma] if hint in synsets[synset]['gloss'])


def all_hypernyms(synset, synsets):
    """Return the synsets above `synset`, at any distance, except the most general ones."""
    found, queue = set(), list(synsets[synset]['hypernyms'])
    while queue:
        hypernym = queue.pop()
        if hypernym in synsets and hypernym not in found:
            found.add(hypernym)
            queue += synsets[hypernym]['hypernyms']
    return {hypernym for hypernym in found if synsets[hypernym]['lemmas'][0] not in TOO_GENERAL}


def wordnet_words(synset, synsets):
    """Return the lemmas of reasonable length, or the first where all are long."""
    lemmas = synsets[synset]['lemmas']
    return [lemma for lemma in lemmas if len(lemma) < MAX_LEMMA_LENGTH] or lemmas[:1]


def build_concepts(tiny_imagenet, caltech_names, senses, synsets):
    """Return the content of concepts.json, from the synsets of one set and the folders of one."""
    caltech = [find_sense(CALTECH_LEMMAS.get(name, name).lower(), senses, synsets)
               for name in caltech_names]
    scene_words = {find_sense(lemma, senses, synsets): words
                   for lemma, words in SCENE_WORDS.items()}
    datasets = {'tiny-imagenet': tiny_imagenet, 'cifar10': list(CIFAR10_WORDS),
                'caltech101': caltech, 'scenes': list(scene_words)}

    classes = list(dict.fromkeys(synset for labels in datasets.values() for synset in labels))
    hypernyms = [all_hypernyms(synset, synsets) for synset in classes]
    concepts = classes + sorted(set().union(*hypernyms) - set(classes))
    position = {synset: i for i, synset in enumerate(concepts)}

    chosen_words = {**scene_words, **CIFAR10_WORDS}
    lemmas = {c: chosen_words.get(c) or wordnet_words(c, synsets) for c in concepts}
    for name, words in CALTECH_WORDS.items():
        lemmas[caltech[caltech_names.index(name)]] = words
    return {
        'classes': len(classes),
        'concepts': concepts,
        'lemmas': lemmas,
        'positive': [sorted([i] + [position[h] for h in above])
                     for i, above in enumerate(hypernyms)],
        'unknown': [[j for j, above in enumerate(hypernyms) if synset in above]
                    for synset in classes],
        'datasets': {name: [position[synset] for synset in labels]
                     for name, labels in datasets.items()},
    }


def main():
    senses, synsets = read_noun_senses(), read_noun_synsets()
    caltech_names = read_json('caltech_names.json')
    result = build_concepts(read_json('wnids.json'), caltech_names, senses, synsets)
    with open('concepts.json', 'w', encoding='utf-8') as file:
        json.dump(result, file)

    print(result['classes'], 'classes', len(result['concepts']), 'concepts')
    for name, position in zip(caltech_names, result['datasets']['caltech101']):
        synset = result['concepts'][position]           # for a look at the senses that were chosen
        words, gloss = result['lemmas'][synset][:3], synsets[synset]['gloss'][:50]
        print(f'{name:<16} {synset} {words} | {gloss}')


if __name__ == '__main__':
    main()
