"""
Perceptron multicouche : chaque couche connait sa voisine precedente et sa
voisine suivante ; les messages circulent de couche en couche.
"""
import numpy as np
from sklearn.datasets import load_digits
from sklearn.model_selection import train_test_split


class Couche:
    precedente = None
    suivante = None

    def relier(self, autre):
        self.suivante = autre
        autre.precedente = self
        return autre

    def transmettre(self, sortie):
        return self.suivante.avant(sortie) if self.suivante else sortie

    def renvoyer(self, gradient, pas):
        if self.precedente:
            self.precedente.arriere(gradient, pas)


class Dense(Couche):
    def __init__(self, entrees, sorties, alea):
        borne = np.sqrt(6 / (entrees + sorties))
        self.poids = alea.uniform(-borne, borne, (entrees, sorties))
        self.biais = np.zeros((1, sorties))

    def avant(self, x):
        self.x = x
        return self.transmettre(x @ self.poids + self.biais)

    def arriere(self, gradient, pas):
        vers_entree = gradient @ self.poids.T
        self.poids -= pas * (self.x.T @ gradient)
        self.biais -= pas * gradient.sum(axis=0, keepdims=True)
        self.renvoyer(vers_entree, pas)


class Sigmoide(Couche):
    def avant(self, x):
        self.s = 1 / (1 + np.exp(-x))
        return self.transmettre(self.s)

    def arriere(self, gradient, pas):
        self.renvoyer(gradient * self.s * (1 - self.s), pas)


class SoftPlus(Couche):
    def avant(self, x):
        self.x = x
        return self.transmettre(np.logaddexp(0, x))

    def arriere(self, gradient, pas):
        self.renvoyer(gradient / (1 + np.exp(-self.x)), pas)


class Softmax(Couche):
    """Derniere couche ; recoit dL/dp et applique la jacobienne complete."""

    def avant(self, x):
        e = np.exp(x - x.max(axis=1, keepdims=True))
        self.p = e / e.sum(axis=1, keepdims=True)
        return self.transmettre(self.p)

    def arriere(self, gradient, pas):
        produit = (gradient * self.p).sum(axis=1, keepdims=True)
        self.renvoyer(self.p * (gradient - produit), pas)


def entropie_croisee(p, cible):
    p = np.maximum(p, 1e-12)
    perte = -(cible * np.log(p)).sum() / len(p)
    return perte, -cible / p / len(p)


def chainer(*couches):
    for gauche, droite in zip(couches, couches[1:]):
        gauche.relier(droite)
    return couches[0], couches[-1]


def taux_de_reussite(premiere, x, etiquettes):
    return np.mean(premiere.avant(x).argmax(axis=1) == etiquettes)


if __name__ == "__main__":
    alea = np.random.default_rng(2)
    x, y = load_digits(return_X_y=True)
    x = x / 16
    x_app, x_test, y_app, y_test = train_test_split(x, y, test_size=0.25, random_state=2)
    cibles = np.eye(10)[y_app]

    premiere, derniere = chainer(
        Dense(64, 40, alea), SoftPlus(),
        Dense(40, 20, alea), Sigmoide(),
        Dense(20, 10, alea), Softmax(),
    )

    taille_lot = 25
    for tour in range(1, 41):
        ordre = alea.permutation(len(x_app))
        pertes = []
        for lot in np.array_split(ordre, len(ordre) // taille_lot):
            p = premiere.avant(x_app[lot])
            perte, gradient = entropie_croisee(p, cibles[lot])
            derniere.arriere(gradient, 0.5)
            pertes.append(perte)
        if tour % 5 == 0:
            print(f"tour {tour:3d}  perte {np.mean(pertes):.4f}")

    print("apprentissage :", round(taux_de_reussite(premiere, x_app, y_app), 4))
    print("test          :", round(taux_de_reussite(premiere, x_test, y_test), 4))
