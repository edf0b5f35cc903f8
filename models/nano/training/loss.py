"""The training loss.

Source: the image-to-text half of CLIP's loss (arXiv:2103.00020), with more than one true caption an
image, because a photo of a dog is one of an animal too.

Dimensions:
    B  images of the step      C  classes in the step     A  ancestors (other concepts) in the step
    K  all concepts
"""
ANCESTOR_LOSS_WEIGHT = 0.3


def caption_loss(logits, labels, classes, ancestors, concepts):
    """Cross-entropy between images and the concepts that are true of them.

    logits [B, C + A]; labels [B]; classes and ancestors: the C and A concepts of the columns. Each
    image's target is its class and, in equal parts, every concept above it among the columns. A
    class below the label is unknown, so it is left out of that image's softmax.
    """
    C = len(classes)
    true_classes = concepts.positive[labels][:, classes].float()            # [B, C]
    unknown = ~concepts.known[labels][:, classes]                           # [B, C]
    log_p = logits[:, :C].masked_fill(unknown, -1e4).log_softmax(1)         # [B, C]
    class_loss = -(log_p * true_classes).sum(1) / true_classes.sum(1)       # [B]

    true_ancestors = concepts.positive[labels][:, ancestors].float()        # [B, A]
    log_p = logits[:, C:].log_softmax(1)                                    # [B, A]
    ancestor_loss = -(log_p * true_ancestors).sum(1) / true_ancestors.sum(1).clamp(min=1)
    return class_loss.mean() + ANCESTOR_LOSS_WEIGHT * ancestor_loss.mean()
