# -*- coding: utf-8 -*-
import numpy as np


class RedNeuronal:
    """Clasificador con la misma forma de uso que los de sklearn (fit / predict / score).

    Todo está en esta clase a propósito: quiero poder copiar y pegar un solo bloque.
    """

    def __init__(self, capas=(20,), activacion="relu", optimizador="adam", eta=0.01,
                 alfa=1e-4, epocas=200, lote=32, paciencia=15, semilla=None):
        self.capas = capas
        self.activacion = activacion
        self.optimizador = optimizador
        self.eta = eta
        self.alfa = alfa
        self.epocas = epocas
        self.lote = lote
        self.paciencia = paciencia
        self.semilla = semilla

    # ---- activaciones -------------------------------------------------
    def _act(self, z):
        if self.activacion == "relu":
            return np.maximum(z, 0)
        if self.activacion == "tanh":
            return np.tanh(z)
        if self.activacion == "logistica":
            return 1 / (1 + np.exp(-z))
        raise ValueError("activación desconocida: " + self.activacion)

    def _derivada(self, a):
        # siempre en función de la salida a, no de z
        if self.activacion == "relu":
            return (a > 0) * 1.0
        if self.activacion == "tanh":
            return 1 - a * a
        return a * (1 - a)

    # ---- pesos --------------------------------------------------------
    def _iniciar(self, n_entrada, n_salida):
        self._rng = np.random.default_rng(self.semilla)
        tam = [n_entrada] + list(self.capas) + [n_salida]
        self.coefs_, self.sesgos_ = [], []
        for i in range(len(tam) - 1):
            cota = np.sqrt(6 / (tam[i] + tam[i + 1]))
            self.coefs_.append(self._rng.uniform(-cota, cota, size=(tam[i], tam[i + 1])))
            self.sesgos_.append(self._rng.uniform(-cota, cota, size=tam[i + 1]))
        todos = self.coefs_ + self.sesgos_
        self._m = [np.zeros_like(p) for p in todos]
        self._v = [np.zeros_like(p) for p in todos]
        self._t = 0

    # ---- ida y vuelta -------------------------------------------------
    def _salidas(self, X):
        activas = [X]
        for i, (W, b) in enumerate(zip(self.coefs_, self.sesgos_)):
            z = activas[-1] @ W + b
            if i < len(self.coefs_) - 1:
                activas.append(self._act(z))
            else:
                z = z - z.max(axis=1)[:, None]
                e = np.exp(z)
                activas.append(e / e.sum(axis=1)[:, None])
        return activas

    def _coste(self, X, Y):
        P = self._salidas(X)[-1]
        entropia = -np.sum(Y * np.log(np.clip(P, 1e-15, 1))) / len(X)
        return entropia + 0.5 * self.alfa * sum((W ** 2).sum() for W in self.coefs_) / len(X)

    def _gradientes(self, X, Y):
        n = len(X)
        activas = self._salidas(X)
        gW = [None] * len(self.coefs_)
        gb = [None] * len(self.coefs_)
        delta = activas[-1] - Y
        for i in range(len(self.coefs_) - 1, -1, -1):
            gW[i] = (activas[i].T @ delta + self.alfa * self.coefs_[i]) / n
            gb[i] = delta.mean(axis=0)
            if i > 0:
                delta = (delta @ self.coefs_[i].T) * self._derivada(activas[i])
        return gW + gb

    def _paso(self, grads):
        params = self.coefs_ + self.sesgos_
        self._t += 1
        for k, (p, g) in enumerate(zip(params, grads)):
            if self.optimizador == "sgd":
                self._v[k] = 0.9 * self._v[k] + g
                p -= self.eta * self._v[k]
            else:
                self._m[k] = 0.9 * self._m[k] + 0.1 * g
                self._v[k] = 0.999 * self._v[k] + 0.001 * g ** 2
                m = self._m[k] / (1 - 0.9 ** self._t)
                v = self._v[k] / (1 - 0.999 ** self._t)
                p -= self.eta * m / (np.sqrt(v) + 1e-8)

    # ---- interfaz pública ---------------------------------------------
    def fit(self, X, y):
        X = np.asarray(X, dtype=float)
        self.clases_, cod = np.unique(y, return_inverse=True)
        Y = np.eye(len(self.clases_))[cod]
        self._iniciar(X.shape[1], len(self.clases_))
        # 15 % para vigilar el sobreajuste
        orden = self._rng.permutation(len(X))
        corte = max(1, int(0.15 * len(X)))
        val, ent = orden[:corte], orden[corte:]
        mejor, espera, copia = np.inf, 0, None
        self.historial_ = []
        for epoca in range(self.epocas):
            self._rng.shuffle(ent)
            for i in range(0, len(ent), self.lote):
                filas = ent[i:i + self.lote]
                self._paso(self._gradientes(X[filas], Y[filas]))
            c = self._coste(X[val], Y[val])
            self.historial_.append(c)
            if c < mejor - 1e-5:
                mejor, espera = c, 0
                copia = ([W.copy() for W in self.coefs_], [b.copy() for b in self.sesgos_])
            else:
                espera += 1
                if espera >= self.paciencia:
                    break
        if copia is not None:
            self.coefs_, self.sesgos_ = copia
        return self

    def predict_proba(self, X):
        return self._salidas(np.asarray(X, dtype=float))[-1]

    def predict(self, X):
        return self.clases_[self.predict_proba(X).argmax(axis=1)]

    def score(self, X, y):
        return np.mean(self.predict(X) == np.asarray(y))


if __name__ == "__main__":
    import pandas as pd

    df = pd.read_csv("vinos.csv", sep=";").sample(frac=1, random_state=0)  # viene ordenado por calidad
    X = df.drop(columns="calidad").values
    X = (X - X.mean(axis=0)) / X.std(axis=0)
    y = df["calidad"].values
    n = int(0.8 * len(X))
    for act in ("relu", "tanh", "logistica"):
        red = RedNeuronal((30, 15), activacion=act, semilla=0).fit(X[:n], y[:n])
        print(f"{act:10s} épocas {len(red.historial_):3d}  exactitud {red.score(X[n:], y[n:]):.3f}")
