"""
Assignment 2, part B - a three layer classifier
------------------------------------------------
Fill in the parts marked with TODO. Do not change the signatures.
Grading: forward (30), loss (20), backward (40), training loop (10)
"""
import numpy as np


class ThreeLayerNet(object):
    """
    affine - relu - affine - relu - affine - softmax

    Input has N rows and D columns, labels y are integers 0..C-1.
    """

    def __init__(self, input_size, hidden1, hidden2, output_size, std=1e-1, seed=None):
        rng = np.random.RandomState(seed)
        self.params = {}
        self.params['W1'] = std * rng.randn(input_size, hidden1)
        self.params['b1'] = np.zeros(hidden1)
        self.params['W2'] = std * rng.randn(hidden1, hidden2)
        self.params['b2'] = np.zeros(hidden2)
        self.params['W3'] = std * rng.randn(hidden2, output_size)
        self.params['b3'] = np.zeros(output_size)

    def loss(self, X, y=None, reg=0.0):
        """Returns scores if y is None, otherwise (loss, grads)."""
        W1, b1 = self.params['W1'], self.params['b1']
        W2, b2 = self.params['W2'], self.params['b2']
        W3, b3 = self.params['W3'], self.params['b3']
        N = X.shape[0]

        # TODO: forward pass, scores must have shape (N, C)
        # ***** my code *****
        h1 = np.maximum(0, X.dot(W1) + b1)
        h2 = np.maximum(0, h1.dot(W2) + b2)
        scores = h2.dot(W3) + b3
        # ***** end *****

        if y is None:
            return scores

        # TODO: data loss + L2 loss (no 0.5 in front of reg this year!)
        # ***** my code *****
        scores = scores - scores.max(axis=1, keepdims=True)
        logsum = np.log(np.exp(scores).sum(axis=1))
        loss = np.mean(logsum - scores[np.arange(N), y])
        loss += reg * (np.sum(W1 * W1) + np.sum(W2 * W2) + np.sum(W3 * W3))
        # ***** end *****

        # TODO: backward pass
        grads = {}
        # ***** my code *****
        dscores = np.exp(scores - logsum[:, None])
        dscores[np.arange(N), y] -= 1
        dscores /= N

        grads['W3'] = h2.T.dot(dscores) + 2 * reg * W3
        grads['b3'] = dscores.sum(axis=0)

        dh2 = dscores.dot(W3.T)
        dh2[h2 <= 0] = 0
        grads['W2'] = h1.T.dot(dh2) + 2 * reg * W2
        grads['b2'] = dh2.sum(axis=0)

        dh1 = dh2.dot(W2.T)
        dh1[h1 <= 0] = 0
        grads['W1'] = X.T.dot(dh1) + 2 * reg * W1
        grads['b1'] = dh1.sum(axis=0)
        # ***** end *****
        return loss, grads

    def train(self, X, y, X_val, y_val, learning_rate=1e-1, learning_rate_decay=0.97,
              reg=1e-4, num_iters=1500, batch_size=32, verbose=False):
        num_train = X.shape[0]
        iterations_per_epoch = max(num_train // batch_size, 1)
        history = {'loss': [], 'train_acc': [], 'val_acc': []}

        for it in range(num_iters):
            # TODO: sample a minibatch (with replacement is fine)
            idx = np.random.choice(num_train, batch_size)
            X_batch, y_batch = X[idx], y[idx]

            loss, grads = self.loss(X_batch, y=y_batch, reg=reg)
            history['loss'].append(loss)

            # TODO: vanilla SGD on every parameter
            for name in self.params:
                self.params[name] -= learning_rate * grads[name]

            if verbose and it % 250 == 0:
                print('iteration %d / %d: loss %f' % (it, num_iters, loss))

            if (it + 1) % iterations_per_epoch == 0:
                history['train_acc'].append((self.predict(X_batch) == y_batch).mean())
                history['val_acc'].append((self.predict(X_val) == y_val).mean())
                learning_rate *= learning_rate_decay
        return history

    def predict(self, X):
        # TODO: one line
        return self.loss(X).argmax(axis=1)


if __name__ == '__main__':
    from sklearn.datasets import load_wine

    np.random.seed(231)
    wine = load_wine()
    order = np.random.permutation(len(wine.target))
    X, y = wine.data[order], wine.target[order]
    X_tr, y_tr = X[:110], y[:110]
    X_va, y_va = X[110:140], y[110:140]
    X_te, y_te = X[140:], y[140:]

    mu, sd = X_tr.mean(axis=0), X_tr.std(axis=0)
    X_tr, X_va, X_te = [(a - mu) / sd for a in (X_tr, X_va, X_te)]

    net = ThreeLayerNet(13, 24, 12, 3, seed=0)
    hist = net.train(X_tr, y_tr, X_va, y_va, verbose=True)
    print('val accuracy :', (net.predict(X_va) == y_va).mean())
    print('test accuracy:', (net.predict(X_te) == y_te).mean())
