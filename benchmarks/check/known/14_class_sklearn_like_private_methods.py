import numpy as np
import seaborn as sns
from sklearn.base import BaseEstimator, ClassifierMixin
from sklearn.metrics import confusion_matrix
from sklearn.model_selection import train_test_split


class MLPClassifierScratch(BaseEstimator, ClassifierMixin):
    def __init__(self, hidden_units=30, learning_rate=0.01, n_iter=300, batch_size=50, l2=0.0, seed=1):
        self.hidden_units = hidden_units
        self.learning_rate = learning_rate
        self.n_iter = n_iter
        self.batch_size = batch_size
        self.l2 = l2
        self.seed = seed

    def __sigmoid(self, z):
        return 1.0 / (1.0 + np.exp(-np.clip(z, -250, 250)))

    def __softmax(self, z):
        ez = np.exp(z - z.max(axis=1, keepdims=True))
        return ez / ez.sum(axis=1, keepdims=True)

    def _onehot(self, y, n_classes):
        onehot = np.zeros((n_classes, y.shape[0]))
        for idx, val in enumerate(y.astype(int)):
            onehot[val, idx] = 1.0
        return onehot.T

    def _init_weights(self, n_features, n_classes):
        self.random_ = np.random.RandomState(self.seed)
        self.w_h_ = self.random_.normal(0.0, 0.1, (n_features, self.hidden_units))
        self.b_h_ = np.zeros(self.hidden_units)
        self.w_out_ = self.random_.normal(0.0, 0.1, (self.hidden_units, n_classes))
        self.b_out_ = np.zeros(n_classes)

    def _forward(self, X):
        z_h = np.dot(X, self.w_h_) + self.b_h_
        a_h = self.__sigmoid(z_h)
        z_out = np.dot(a_h, self.w_out_) + self.b_out_
        a_out = self.__softmax(z_out)
        return z_h, a_h, z_out, a_out

    def _compute_cost(self, y_enc, output):
        penalty = self.l2 * (np.sum(self.w_h_ ** 2) + np.sum(self.w_out_ ** 2)) / 2
        return -np.sum(y_enc * np.log(output + 1e-20)) + penalty

    def _backward(self, X, y_enc, a_h, a_out):
        """Gradients of the summed cross-entropy plus the penalty."""
        delta_out = a_out - y_enc
        delta_h = np.dot(delta_out, self.w_out_.T) * a_h * (1.0 - a_h)
        grad_w_h = np.dot(X.T, delta_h) + self.l2 * self.w_h_
        grad_b_h = np.sum(delta_h, axis=0)
        grad_w_out = np.dot(a_h.T, delta_out) + self.l2 * self.w_out_
        grad_b_out = np.sum(delta_out, axis=0)
        return grad_w_h, grad_b_h, grad_w_out, grad_b_out

    def fit(self, X, y):
        n_classes = np.unique(y).shape[0]
        self._init_weights(X.shape[1], n_classes)
        y_enc = self._onehot(y, n_classes)
        self.cost_ = []
        for _ in range(self.n_iter):
            indices = np.arange(X.shape[0])
            self.random_.shuffle(indices)
            for start in range(0, len(indices), self.batch_size):
                batch = indices[start:start + self.batch_size]
                _, a_h, _, a_out = self._forward(X[batch])
                gwh, gbh, gwo, gbo = self._backward(X[batch], y_enc[batch], a_h, a_out)
                self.w_h_ -= self.learning_rate * gwh
                self.b_h_ -= self.learning_rate * gbh
                self.w_out_ -= self.learning_rate * gwo
                self.b_out_ -= self.learning_rate * gbo
            self.cost_.append(self._compute_cost(y_enc, self._forward(X)[3]))
        return self

    def predict_proba(self, X):
        return self._forward(X)[-1]

    def predict(self, X):
        return np.argmax(self.predict_proba(X), axis=1)


if __name__ == "__main__":
    flowers = sns.load_dataset("iris")
    codes = {name: i for i, name in enumerate(flowers["species"].unique())}
    y = flowers["species"].map(codes).values
    X = flowers.drop(columns="species").values
    X_train, X_test, y_train, y_test = train_test_split(X, y, test_size=0.3, random_state=1, stratify=y)
    clf = MLPClassifierScratch(hidden_units=10, n_iter=200)
    clf.fit(X_train, y_train)
    y_pred = clf.predict(X_test)
    print("Accuracy: %.3f" % np.mean(y_pred == y_test))
    print(confusion_matrix(y_test, y_pred))
