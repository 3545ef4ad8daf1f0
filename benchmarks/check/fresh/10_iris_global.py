# Neuronales Netz fuer Iris, alles mit globalen Variablen, damit man in der
# Konsole jederzeit reinschauen kann.
import numpy as np

ANZ_EIN = 4
ANZ_H1 = 8
ANZ_H2 = 6
ANZ_AUS = 3
LERNRATE = 0.5
EPOCHEN = 3000

W1 = b1 = W2 = b2 = W3 = b3 = None      # Gewichte
E = H1 = H2 = P = None                  # letzte Aktivierungen
gW1 = gb1 = gW2 = gb2 = gW3 = gb3 = None


def init():
    global W1, b1, W2, b2, W3, b3
    np.random.seed(7)
    W1 = np.random.normal(0, 0.5, (ANZ_EIN, ANZ_H1))
    b1 = np.zeros(ANZ_H1)
    W2 = np.random.normal(0, 0.5, (ANZ_H1, ANZ_H2))
    b2 = np.zeros(ANZ_H2)
    W3 = np.random.normal(0, 0.5, (ANZ_H2, ANZ_AUS))
    b3 = np.zeros(ANZ_AUS)


def vorwaerts(x):
    global E, H1, H2, P
    E = x
    H1 = np.tanh(E @ W1 + b1)
    H2 = 1 / (1 + np.exp(-(H1 @ W2 + b2)))
    s = np.exp(H2 @ W3 + b3)
    P = s / s.sum(axis=1).reshape(-1, 1)
    return P


def fehler(T):
    # mittlerer quadratischer Fehler ueber alle Zeilen und alle Klassen
    return np.mean((P - T) ** 2)


def rueckwaerts(T):
    global gW1, gb1, gW2, gb2, gW3, gb3
    # Ableitung des Fehlers nach der Wahrscheinlichkeit
    dP = 2 * (P - T) / T.size
    # Softmax: hier wirklich die ganze Jacobi-Matrix, weil der Fehler
    # quadratisch ist und nicht die Kreuzentropie
    d3 = P * (dP - (dP * P).sum(axis=1).reshape(-1, 1))
    gW3 = H2.T @ d3
    gb3 = d3.sum(axis=0)
    d2 = (d3 @ W3.T) * H2 * (1 - H2)
    gW2 = H1.T @ d2
    gb2 = d2.sum(axis=0)
    d1 = (d2 @ W2.T) * (1 - H1 ** 2)
    gW1 = E.T @ d1
    gb1 = d1.sum(axis=0)


def lerne():
    global W1, b1, W2, b2, W3, b3
    W1 -= LERNRATE * gW1
    b1 -= LERNRATE * gb1
    W2 -= LERNRATE * gW2
    b2 -= LERNRATE * gb2
    W3 -= LERNRATE * gW3
    b3 -= LERNRATE * gb3


def genauigkeit(x, klassen):
    return np.mean(np.argmax(vorwaerts(x), axis=1) == klassen)


init()

if __name__ == "__main__":
    from sklearn.datasets import load_iris
    iris = load_iris()
    daten, klassen = iris.data, iris.target
    misch = np.random.permutation(150)
    daten, klassen = daten[misch], klassen[misch]
    daten = (daten - daten[:100].mean(0)) / daten[:100].std(0)
    ziel = np.zeros((150, 3))
    ziel[np.arange(150), klassen] = 1

    verlauf = []
    for ep in range(EPOCHEN):
        vorwaerts(daten[:100])
        verlauf.append(fehler(ziel[:100]))
        rueckwaerts(ziel[:100])
        lerne()
        if ep % 500 == 0:
            print("Epoche", ep, "Fehler", verlauf[-1])

    print("Training:", genauigkeit(daten[:100], klassen[:100]))
    print("Test:    ", genauigkeit(daten[100:], klassen[100:]))

    try:
        import matplotlib.pyplot as plt
        plt.plot(verlauf)
        plt.xlabel("Epoche")
        plt.ylabel("Fehler")
        plt.savefig("verlauf.png")
    except ImportError:
        pass
