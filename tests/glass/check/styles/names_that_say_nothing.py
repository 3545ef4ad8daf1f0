import numpy as np

class YapaySinirAgi:
    def __init__(self, giris, gizli, cikis):
        self.w1 = np.random.randn(giris, gizli)
        self.b1 = np.zeros((1, gizli))
        self.w2 = np.random.randn(gizli, cikis)
        self.b2 = np.zeros((1, cikis))

    def ileri(self, girdi):
        self.z1 = girdi @ self.w1 + self.b1
        self.a1 = 1 / (1 + np.exp(-self.z1))
        self.z2 = self.a1 @ self.w2 + self.b2
        self.a2 = 1 / (1 + np.exp(-self.z2))
        return self.a2

    def geri(self, girdi, hedef, hiz):
        hata = self.a2 - hedef
        d2 = hata * self.a2 * (1 - self.a2)
        d1 = d2 @ self.w2.T * self.a1 * (1 - self.a1)
        self.w2 -= hiz * self.a1.T @ d2
        self.b2 -= hiz * d2.sum(axis=0, keepdims=True)
        self.w1 -= hiz * girdi.T @ d1
        self.b1 -= hiz * d1.sum(axis=0, keepdims=True)

    def egit(self, girdi, hedef, tur=1000, hiz=0.1):
        for i in range(tur):
            self.ileri(girdi)
            self.geri(girdi, hedef, hiz)
