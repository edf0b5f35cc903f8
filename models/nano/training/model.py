"""CLIP in PyTorch, with the module names of Hugging Face's CLIPModel.

Sources: Radford et al., "Learning Transferable Visual Models From Natural Language Supervision"
(arXiv:2103.00020) and OpenAI's clip/model.py; Dosovitskiy et al., "An Image is Worth 16x16 Words"
(arXiv:2010.11929); Hendrycks and Gimpel, "Gaussian Error Linear Units" (arXiv:1606.08415). Module
names, `pre_layrnorm` included, are those of transformers' modeling_clip.py, so that a state dict of
this model loads wherever that layout does.

Dimensions:
    B  batch        T  tokens (image: 1 + G*G)    D  width of a tower     E  width of the embedding
    H  heads        S  side of the image          P  side of a patch      G  patches a side, S / P
"""
import torch
import torch.nn as nn
import torch.nn.functional as F

QUICK_GELU = 1.702                      # quick GELU: x * sigmoid(1.702 x)
INITIAL_LOGIT_SCALE = 2.6592            # log(1 / 0.07), as in the paper


class Attention(nn.Module):
    """Multi-head self-attention; q, k and v are computed as one product."""

    def __init__(self, width, heads):
        super().__init__()
        self.heads = heads
        self.q_proj = nn.Linear(width, width)
        self.k_proj = nn.Linear(width, width)
        self.v_proj = nn.Linear(width, width)
        self.out_proj = nn.Linear(width, width)

    def forward(self, x, mask):
        B, T, D = x.shape
        head_width = D // self.heads
        scale = head_width ** -0.5
        weight = torch.cat([self.q_proj.weight * scale, self.k_proj.weight, self.v_proj.weight])
        bias = torch.cat([self.q_proj.bias * scale, self.k_proj.bias, self.v_proj.bias])
        qkv = F.linear(x, weight, bias).view(B, T, 3, self.heads, head_width)
        q, k, v = qkv.permute(2, 0, 3, 1, 4)                        # 3 × [B, H, T, D/H]
        if hasattr(F, 'scaled_dot_product_attention') and x.is_cuda:
            out = F.scaled_dot_product_attention(q, k, v, attn_mask=mask, scale=1.0)
        else:
            scores = q @ k.transpose(-1, -2)                        # [B, H, T, T]
            if mask is not None:
                scores = scores + mask
            out = scores.softmax(-1) @ v                            # [B, H, T, D/H]
        return self.out_proj(out.transpose(1, 2).reshape(B, T, D))  # [B, T, D]


class MLP(nn.Module):
    """Linear, quick GELU, linear."""

    def __init__(self, width, hidden_width):
        super().__init__()
        self.fc1 = nn.Linear(width, hidden_width)
        self.fc2 = nn.Linear(hidden_width, width)

    def forward(self, x):
        # quick_gelu(h) = silu(1.702 h) / 1.702: with both factors in the weights, one fused op
        h = F.silu(F.linear(x, self.fc1.weight * QUICK_GELU, self.fc1.bias * QUICK_GELU))
        return F.linear(h, self.fc2.weight * (1 / QUICK_GELU), self.fc2.bias)       # [B, T, D]


class EncoderLayer(nn.Module):
    """A transformer block with the layer norms before attention and MLP."""

    def __init__(self, width, heads, hidden_width):
        super().__init__()
        self.self_attn = Attention(width, heads)
        self.layer_norm1 = nn.LayerNorm(width)
        self.mlp = MLP(width, hidden_width)
        self.layer_norm2 = nn.LayerNorm(width)

    def forward(self, x, mask=None):
        x = x + self.self_attn(self.layer_norm1(x), mask)           # [B, T, D]
        return x + self.mlp(self.layer_norm2(x))                    # [B, T, D]


class Encoder(nn.Module):
    """The blocks of one tower."""

    def __init__(self, config):
        super().__init__()
        self.layers = nn.ModuleList(
            EncoderLayer(config['hidden_size'], config['num_attention_heads'],
                         config['intermediate_size'])
            for _ in range(config['num_hidden_layers']))

    def forward(self, x, mask=None):
        for layer in self.layers:
            x = layer(x, mask)
        return x                                                    # [B, T, D]


class VisionEmbeddings(nn.Module):
    """Patch embedding (a convolution whose stride is its size), class token, positions."""

    def __init__(self, width, image_size, patch_size):
        super().__init__()
        self.patch_size = patch_size
        self.class_embedding = nn.Parameter(torch.randn(width) * width ** -0.5)
        self.patch_embedding = nn.Conv2d(3, width, patch_size, patch_size, bias=False)
        self.position_embedding = nn.Embedding((image_size // patch_size) ** 2 + 1, width)

    def forward(self, pixels):
        B, C, S, _ = pixels.shape
        P, G = self.patch_size, S // self.patch_size
        patches = pixels.view(B, C, G, P, G, P).permute(0, 2, 4, 1, 3, 5)
        patches = patches.reshape(B, G * G, -1)                     # [B, G*G, C*P*P]
        x = F.linear(patches, self.patch_embedding.weight.flatten(1))
        class_token = self.class_embedding.expand(B, 1, -1)         # [B, 1, D]
        return torch.cat([class_token, x], 1) + self.position_embedding.weight      # [B, T, D]


class VisionTransformer(nn.Module):
    """Image tower: the class token after the last block."""

    def __init__(self, config):
        super().__init__()
        width = config['hidden_size']
        self.embeddings = VisionEmbeddings(width, config['image_size'], config['patch_size'])
        self.pre_layrnorm = nn.LayerNorm(width)
        self.encoder = Encoder(config)
        self.post_layernorm = nn.LayerNorm(width)

    def forward(self, pixels):
        x = self.pre_layrnorm(self.embeddings(pixels))              # [B, T, D]
        return self.post_layernorm(self.encoder(x)[:, 0])           # [B, D]


class TextEmbeddings(nn.Module):
    """Token and position embeddings."""

    def __init__(self, vocab_size, width, context_length):
        super().__init__()
        self.token_embedding = nn.Embedding(vocab_size, width)
        self.position_embedding = nn.Embedding(context_length, width)

    def forward(self, tokens):
        positions = self.position_embedding.weight[:tokens.shape[1]]
        return self.token_embedding(tokens) + positions             # [B, T, D]


class TextTransformer(nn.Module):
    """Text tower: causal attention, and the first end token, which has the highest id."""

    def __init__(self, config):
        super().__init__()
        width = config['hidden_size']
        self.embeddings = TextEmbeddings(config['vocab_size'], width,
                                         config['max_position_embeddings'])
        self.encoder = Encoder(config)
        self.final_layer_norm = nn.LayerNorm(width)

    def forward(self, tokens):
        B, T = tokens.shape
        mask = torch.full((T, T), float('-inf'), device=tokens.device).triu(1)
        x = self.final_layer_norm(self.encoder(self.embeddings(tokens), mask))      # [B, T, D]
        return x[torch.arange(B), tokens.argmax(-1)]                # [B, D]


class CLIP(nn.Module):
    """Both towers with their projections; `config` has the fields of config.json."""

    def __init__(self, config):
        super().__init__()
        vision, text = config['vision_config'], config['text_config']
        self.logit_scale = nn.Parameter(torch.tensor(INITIAL_LOGIT_SCALE))
        self.vision_model = VisionTransformer(vision)
        self.text_model = TextTransformer(text)
        self.visual_projection = nn.Linear(vision['hidden_size'], config['projection_dim'],
                                           bias=False)
        self.text_projection = nn.Linear(text['hidden_size'], config['projection_dim'],
                                         bias=False)
        self._initialise(residual_scale=(2 * vision['num_hidden_layers']) ** -0.5)

    def _initialise(self, residual_scale):
        """Draw the weights; those that write to the residual stream start smaller (GPT-2)."""
        for name, module in self.named_modules():
            if isinstance(module, nn.Linear):
                nn.init.trunc_normal_(module.weight, std=module.in_features ** -0.5)
                if module.bias is not None:
                    nn.init.zeros_(module.bias)
                if name.endswith(('out_proj', 'fc2')):
                    module.weight.data.mul_(residual_scale)
            elif isinstance(module, nn.Embedding):
                nn.init.normal_(module.weight, std=0.02)
            elif isinstance(module, nn.Conv2d):
                fan_in = 3 * module.kernel_size[0] ** 2
                nn.init.trunc_normal_(module.weight, std=fan_in ** -0.5)

    def encode_image(self, pixels):
        """Normalised pixels [B, 3, S, S] to unit vectors [B, E]."""
        return F.normalize(self.visual_projection(self.vision_model(pixels)), dim=-1)

    def encode_text(self, tokens):
        """Token ids [B, T] to unit vectors [B, E]."""
        return F.normalize(self.text_projection(self.text_model(tokens)), dim=-1)
