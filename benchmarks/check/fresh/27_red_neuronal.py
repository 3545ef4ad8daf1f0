# Red neuronal con dos capas ocultas para clasificar tumores (benigno / maligno).
# Los ejemplos van en columnas: X tiene forma (caracteristicas, ejemplos).
import numpy as np
import matplotlib.pyplot as plt
from sklearn.datasets import load_breast_cancer


class RedNeuronal:
    def __init__(self, X, Y, ocultas1=16, ocultas2=8, tasa=0.5, epocas=600):
        self.X = X
        self.Y = Y
        self.m = X.shape[1]
        self.tasa = tasa
        self.epocas = epocas
        self.W1 = np.random.randn(ocultas1, X.shape[0]) * np.sqrt(1 / X.shape[0])
        self.b1 = np.zeros((ocultas1, 1))
        self.W2 = np.random.randn(ocultas2, ocultas1) * np.sqrt(1 / ocultas1)
        self.b2 = np.zeros((ocultas2, 1))
        self.W3 = np.random.randn(1, ocultas2) * np.sqrt(1 / ocultas2)
        self.b3 = np.zeros((1, 1))
        self.historial = []

    @staticmethod
    def sigmoide(z):
        return 1 / (1 + np.exp(-z))

    def propagar(self, X=None):
        self.A0 = self.X if X is None else X
        self.A1 = np.tanh(np.dot(self.W1, self.A0) + self.b1)
        self.A2 = np.tanh(np.dot(self.W2, self.A1) + self.b2)
        self.A3 = self.sigmoide(np.dot(self.W3, self.A2) + self.b3)

    def calcular_costo(self):
        # entropia cruzada binaria
        p = np.clip(self.A3, 1e-10, 1 - 1e-10)
        self.costo = -np.mean(self.Y * np.log(p) + (1 - self.Y) * np.log(1 - p))

    def retropropagar(self):
        # para sigmoide + entropia cruzada, dZ3 es simplemente la diferencia
        self.dZ3 = (self.A3 - self.Y) / self.m
        self.dW3 = np.dot(self.dZ3, self.A2.T)
        self.db3 = np.sum(self.dZ3, axis=1, keepdims=True)

        self.dZ2 = np.dot(self.W3.T, self.dZ3) * (1 - self.A2 ** 2)
        self.dW2 = np.dot(self.dZ2, self.A1.T)
        self.db2 = np.sum(self.dZ2, axis=1, keepdims=True)

        self.dZ1 = np.dot(self.W2.T, self.dZ2) * (1 - self.A1 ** 2)
        self.dW1 = np.dot(self.dZ1, self.A0.T)
        self.db1 = np.sum(self.dZ1, axis=1, keepdims=True)

    def actualizar(self):
        for nombre in ("W1", "b1", "W2", "b2", "W3", "b3"):
            valor = getattr(self, nombre)
            gradiente = getattr(self, "d" + nombre)
            setattr(self, nombre, valor - self.tasa * gradiente)

    def entrenar(self, verboso=True):
        for epoca in range(self.epocas):
            self.propagar()
            self.calcular_costo()
            self.retropropagar()
            self.actualizar()
            self.historial.append(self.costo)
            if verboso and epoca % 100 == 0:
                print(f"Epoca {epoca:4d}  costo = {self.costo:.5f}")

    def predecir(self, X):
        self.propagar(X)
        return (self.A3 >= 0.5).astype(int)


def dividir(X, y, proporcion=0.8):
    indices = np.random.permutation(len(y))
    corte = int(proporcion * len(y))
    return indices[:corte], indices[corte:]


if __name__ == "__main__":
    np.random.seed(21)
    datos = load_breast_cancer()
    entreno, prueba = dividir(datos.data, datos.target)

    media = datos.data[entreno].mean(axis=0)
    desviacion = datos.data[entreno].std(axis=0)
    normalizados = (datos.data - media) / desviacion

    X_entreno, Y_entreno = normalizados[entreno].T, datos.target[entreno].reshape(1, -1)
    X_prueba, Y_prueba = normalizados[prueba].T, datos.target[prueba].reshape(1, -1)

    red = RedNeuronal(X_entreno, Y_entreno)
    red.entrenar()

    exactitud_entreno = np.mean(red.predecir(X_entreno) == Y_entreno)
    predicciones = red.predecir(X_prueba)
    print(f"Exactitud en entrenamiento: {exactitud_entreno:.2%}")
    print(f"Exactitud en prueba:        {np.mean(predicciones == Y_prueba):.2%}")

    # matriz de confusion (filas: real, columnas: prediccion)
    confusion = np.zeros((2, 2), dtype=int)
    np.add.at(confusion, (Y_prueba.ravel(), predicciones.ravel()), 1)
    print(confusion)

    plt.plot(red.historial)
    plt.xlabel("epoca")
    plt.ylabel("costo")
    plt.show()
