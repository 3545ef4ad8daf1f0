"""
tiny-net: digits recogniser, no frameworks!

    net = TinyNet(64, 10, {'hiddenLayers': [48, 24], 'learningRate': 0.2})
    net.train(images, labels, onEpochEnd=lambda info: print(info))
"""
import json
import sys

import numpy as np
from sklearn.datasets import load_digits

DEFAULTS = {
    'hiddenLayers': [32],
    'learningRate': 0.1,
    'batchSize': 32,
    'epochs': 20,
    'seed': 7,
}


class TinyNet:
    def __init__(self, numInputs, numOutputs, options=None):
        self.options = {**DEFAULTS, **(options or {})}
        self.rng = np.random.default_rng(self.options['seed'])
        self.layers = []
        sizes = [numInputs, *self.options['hiddenLayers'], numOutputs]
        for index, (fanIn, fanOut) in enumerate(zip(sizes, sizes[1:])):
            isLast = index == len(sizes) - 2
            self.layers.append({
                'weights': self.rng.normal(0, np.sqrt(2 / fanIn), (fanIn, fanOut)),
                'biases': np.zeros(fanOut),
                'activation': 'softmax' if isLast else 'relu',
            })

    def feedForward(self, inputs):
        # every layer remembers what came in and what went out
        current = inputs
        for layer in self.layers:
            layer['input'] = current
            raw = current @ layer['weights'] + layer['biases']
            if layer['activation'] == 'relu':
                current = np.where(raw > 0, raw, 0)
            else:
                e = np.exp(raw - raw.max(axis=1, keepdims=True))
                current = e / e.sum(axis=1, keepdims=True)
            layer['output'] = current
        return current

    def getLoss(self, probs, labels):
        picked = probs[np.arange(len(labels)), labels]
        return float(np.mean(-np.log(picked + 1e-12)))

    def backPropagate(self, labels):
        """Walks the layers from last to first and updates them on the way."""
        count = len(labels)
        signal = self.layers[-1]['output'].copy()
        signal[np.arange(count), labels] -= 1
        signal /= count
        for layer in reversed(self.layers):
            if layer['activation'] == 'relu':
                signal = signal * (layer['output'] > 0)
            dWeights = layer['input'].T @ signal
            dBiases = signal.sum(axis=0)
            # must happen BEFORE the weights change (spent an evening on that one)
            signal = signal @ layer['weights'].T
            layer['weights'] -= self.options['learningRate'] * dWeights
            layer['biases'] -= self.options['learningRate'] * dBiases

    def train(self, images, labels, onEpochEnd=None):
        size = self.options['batchSize']
        for epoch in range(self.options['epochs']):
            order = self.rng.permutation(len(images))
            totalLoss = 0
            for start in range(0, len(order), size):
                ids = order[start:start + size]
                probs = self.feedForward(images[ids])
                totalLoss += self.getLoss(probs, labels[ids]) * len(ids)
                self.backPropagate(labels[ids])
            if onEpochEnd:
                onEpochEnd({'epoch': epoch + 1, 'loss': totalLoss / len(images)})
        return self

    def classify(self, images):
        return self.feedForward(images).argmax(axis=1)

    def toJson(self):
        return json.dumps([
            {'weights': l['weights'].tolist(), 'biases': l['biases'].tolist()}
            for l in self.layers
        ])


if __name__ == '__main__':
    digits = load_digits()
    images = digits.data / 16.0
    labels = digits.target

    shuffled = np.random.default_rng(0).permutation(len(images))
    trainIds, testIds = shuffled[:1400], shuffled[1400:]

    net = TinyNet(64, 10, {'hiddenLayers': [48, 24], 'learningRate': 0.2, 'epochs': 30})
    net.train(
        images[trainIds], labels[trainIds],
        onEpochEnd=lambda info: print('epoch {epoch}: loss {loss:.4f}'.format(**info)),
    )

    hits = net.classify(images[testIds]) == labels[testIds]
    print(f'accuracy: {100 * hits.mean():.1f}%')

    if len(sys.argv) > 1:
        with open(sys.argv[1], 'w') as f:
            f.write(net.toJson())
        print('saved to', sys.argv[1])
